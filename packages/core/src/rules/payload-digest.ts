import { hash } from "node:crypto";

/** Eight hex digits of a payload, the same for equal ones in any order of keys; `unprintable` for what has no text. */
export function payloadDigest(payload: unknown): string {
  try {
    return hash("sha256", canonical(payload, []), "hex").slice(0, 8);
  } catch {
    return "unprintable";
  }
}

/** JSON with sorted keys. Whole numbers read alike as number and bigint, since rules take both. */
function canonical(value: unknown, inside: readonly object[]): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "0" : String(value);
    case "bigint":
    case "boolean":
    case "undefined":
      return String(value);
    case "object":
      return value === null ? "null" : canonicalObject(value, inside);
    default:
      throw new TypeError("Functions and symbols have no text.");
  }
}

function canonicalObject(value: object, inside: readonly object[]): string {
  if (inside.includes(value)) throw new TypeError("A payload that holds itself has no text.");
  const within = [...inside, value];
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, within)).join()}]`;
  if (value instanceof Map) return `map${canonical([...value], within)}`;
  if (value instanceof Set) return `set${canonical([...value], within)}`;
  if (ArrayBuffer.isView(value))
    return `bytes${canonical([...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)], within)}`;
  if ("toJSON" in value && typeof value.toJSON === "function") return canonical(value.toJSON(), within);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, within)}`).join()}}`;
}
