import { Buffer } from "node:buffer";
import { fnv1a } from "./fnv1a.ts";

/** Deeper payloads have no text: no game reports them, and recursion must end. */
const DEEPEST = 64;

/** A key that stands in JSON as it is. */
const PLAIN_KEY = /^\w+$/;

/** Eight hex digits of a payload, the same for equal ones in any order of keys; `unprintable` for what has no text. */
export function payloadDigest(payload: unknown): string {
  try {
    return fnv1a(canonical(payload, []));
  } catch {
    return "unprintable";
  }
}

/** JSON with sorted keys. Whole numbers read alike as number and bigint, since rules take both. */
function canonical(value: unknown, inside: object[]): string {
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

function canonicalObject(value: object, inside: object[]): string {
  if (inside.length >= DEEPEST || inside.includes(value)) throw new TypeError("Nested too deeply, or in itself.");
  inside.push(value);
  const text = contentsOf(value, inside);
  inside.pop();
  return text;
}

function contentsOf(value: object, inside: object[]): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, inside)).join()}]`;
  if (value instanceof Map) return `map${canonical([...value], inside)}`;
  if (value instanceof Set) return `set${canonical([...value], inside)}`;
  if (ArrayBuffer.isView(value)) {
    return `bytes:${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64")}`;
  }
  if ("toJSON" in value && typeof value.toJSON === "function") return canonical(value.toJSON(), inside);
  const fields = value as Readonly<Record<string, unknown>>;
  let text = "";
  for (const key of Object.keys(fields).sort()) {
    const item = fields[key];
    if (item === undefined) continue;
    if (text !== "") text += ",";
    text += `${PLAIN_KEY.test(key) ? `"${key}"` : JSON.stringify(key)}:${canonical(item, inside)}`;
  }
  return `{${text}}`;
}
