import * as z from "zod";
import { dateAt, readIsoTime } from "../runtime/calendar.ts";

/** A number that may have lost digits as a double: at least 16 of them outside of quotes (or in text: only slower). */
const LONG_INTEGER = /[:[,]\s*-?\d{16}/;
const INTEGER = /^-?\d+$/;

/** `JSON.parse`, except that integers beyond ±(2^53 − 1) become bigint instead of being rounded. Throws SyntaxError. */
export function parseExactJson(text: string): unknown {
  return LONG_INTEGER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

/** V8 hands the source text of primitives to revivers since 11.4 (Node 21). */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && INTEGER.test(source) ? BigInt(source) : value;
}

const integer = z.union([
  z.bigint(),
  z.number().refine(Number.isSafeInteger, "not an exact integer").transform(BigInt),
  z
    .string()
    .regex(/^-?\d{1,20}$/, "not decimal text")
    .transform(BigInt),
]);

/** Signed 64-bit, from a JSON number or from text: the platform's pages show both. */
export const signed64: z.ZodType<bigint> = integer.refine(
  (value) => value >= -(2n ** 63n) && value < 2n ** 63n,
  "outside signed 64 bits",
);

/** Unsigned 64-bit: counters and targets. */
export const unsigned64: z.ZodType<bigint> = integer.refine(
  (value) => value >= 0n && value < 2n ** 64n,
  "outside unsigned 64 bits",
);

/** An id as text. Numbers are taken where they are exact. */
export const idText: z.ZodType<string> = z.union([
  z.string().min(1),
  z.bigint().transform(String),
  z.number().refine(Number.isSafeInteger, "not an exact integer").transform(String),
]);

/** Unix seconds, as a number or text. */
export const unixSeconds: z.ZodType<Date> = signed64
  .refine((seconds) => seconds >= -8_640_000_000_000n && seconds <= 8_640_000_000_000n, "not a time")
  .transform((seconds) => dateAt(Number(seconds) * 1000));

/** A small count, such as a rank. */
export const safeCount: z.ZodType<number> = unsigned64
  .refine((value) => value <= BigInt(Number.MAX_SAFE_INTEGER), "too large")
  .transform(Number);

/** Unix seconds (0 counts as none: entitlements and locked rows say it so), or ISO 8601 text with an offset like `+0000`. */
export const instant: z.ZodType<Date | undefined> = z.union([
  unixSeconds.transform((at) => (at.getTime() <= 0 ? undefined : at)),
  z.string().transform((text, context) => {
    const at = readIsoTime(text);
    if (at === undefined) context.addIssue({ code: "custom", message: "not a time" });
    return at;
  }),
]);

/** A truth value, also as text: forms and some webhook samples write it so. */
export const flag: z.ZodType<boolean> = z.union([
  z.boolean(),
  z.enum(["true", "false"]).transform((text) => text === "true"),
]);
