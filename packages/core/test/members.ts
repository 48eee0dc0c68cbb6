/** A place in a JSON value, from the outside in. */
export type Path = readonly string[];

/** Every member of every object in `value`, those inside first named by their owner. */
export function membersOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => [[...at, name], ...membersOf(member, [...at, name])]);
}

/** A copy of `value` without the member at `path`, or with another value there. */
export function changedAt(
  value: object,
  [name = "", ...deeper]: Path,
  ...member: readonly [] | readonly [unknown]
): object {
  const { [name]: old, ...others } = value as Record<string, unknown>;
  if (deeper.length > 0) return { ...others, [name]: changedAt(old as object, deeper, ...member) };
  return member.length === 0 ? others : { ...others, [name]: member[0] };
}
