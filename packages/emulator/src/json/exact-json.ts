/** JSON in which whole numbers of any size are exact: beyond 2^53 they are `bigint`. */
export type ExactJson = string | number | bigint | boolean | null | readonly ExactJson[] | ExactJsonObject;

export interface ExactJsonObject {
  readonly [key: string]: ExactJson | undefined;
}

/** @throws SyntaxError as `JSON.parse` does. */
export function parseExactJson(text: string): ExactJson {
  return JSON.parse(text, (_key, value: unknown, context?: { readonly source?: string }) => {
    if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
    const source = context?.source ?? "";
    return /^-?\d+$/.test(source) ? BigInt(source) : value;
  }) as ExactJson;
}

export function writeExactJson(value: ExactJson): string {
  if (typeof value === "bigint") return value.toString();
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(writeExactJson).join(",")}]`;
  let text = "";
  for (const key of Object.keys(value)) {
    const member = value[key];
    if (member === undefined) continue;
    text += `${text === "" ? "" : ","}${JSON.stringify(key)}:${writeExactJson(member)}`;
  }
  return `{${text}}`;
}

/** `Array.isArray` does not narrow read-only arrays. */
export function isArray(value: ExactJson): value is readonly ExactJson[] {
  return Array.isArray(value);
}
