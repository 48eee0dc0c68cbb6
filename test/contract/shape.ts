/**
 * How an answer differs in shape from what a vector shows: members that are missing, new or of another kind. Values may
 * differ, and only the first row of a list is compared. `optional` members may be missing.
 */
export function shapeDifferences(
  expected: unknown,
  actual: unknown,
  optional: ReadonlySet<string> = new Set(),
  path = "answer",
): readonly string[] {
  const [wanted, found] = [kindOf(expected), kindOf(actual)];
  if (wanted !== found) return [`${path} is ${found}, not ${wanted}`];
  if (Array.isArray(expected) && Array.isArray(actual)) {
    if (expected.length === 0) return [];
    if (actual.length === 0) return [`${path} has no rows`];
    return shapeDifferences(expected[0], actual[0], optional, `${path}[0]`);
  }
  if (wanted !== "an object") return [];
  const [left, right] = [expected as Record<string, unknown>, actual as Record<string, unknown>];
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.flatMap((name) => {
    const at = `${path}.${name}`;
    if (!Object.hasOwn(right, name)) return optional.has(name) ? [] : [`${at} is missing`];
    if (!Object.hasOwn(left, name)) return optional.has(name) ? [] : [`${at} is new`];
    return shapeDifferences(left[name], right[name], optional, at);
  });
}

/** Whether a new member is `id`, or one of the `fields` asked for: samples leave such out, and that they come is no news. */
export function isAskedFor(difference: string, fields = ""): boolean {
  const [, name] = /(\w+) is new$/.exec(difference) ?? [];
  return name !== undefined && ["id", ...fields.split(/[,{}]/)].includes(name);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}
