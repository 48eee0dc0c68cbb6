declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** App-scoped user id: decimal text, 64-bit unsigned, different for the same person in each app. */
export type UserId = Branded<"UserId">;
/** App id: decimal text. */
export type AppId = Branded<"AppId">;

const DECIMAL = /^(?:0|[1-9]\d{0,19})$/;
const LARGEST_ID = 2n ** 64n - 1n;

const isDecimalId = (value: unknown): value is string =>
  typeof value === "string" && DECIMAL.test(value) && (value.length < 20 || BigInt(value) <= LARGEST_ID);

/** The value as an app-scoped user id, or undefined unless it is decimal text (a JS number has already lost digits). */
export function asUserId(value: unknown): UserId | undefined {
  return isDecimalId(value) ? (value as UserId) : undefined;
}

/** The value as an app id, or undefined unless it is decimal text. */
export function asAppId(value: unknown): AppId | undefined {
  return isDecimalId(value) ? (value as AppId) : undefined;
}

/** A value as a message may show it: short, quoted, never a whole token. */
export function shownValue(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 8)}… (${value.length} characters)` : value);
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return String(value);
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value === "object" ? "an object" : typeof value;
}

/** What was given as an id, as a message may show it. Text is only measured: arguments get swapped, and then it is a token or nonce. */
export function shownId(value: unknown): string {
  return typeof value === "string" ? `text of ${value.length} characters` : shownValue(value);
}
