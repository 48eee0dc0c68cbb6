import { Buffer } from "node:buffer";
import { shownValue } from "../ids/ids.ts";
import { LARGEST_COUNT } from "../intent/lane-value.ts";
import { isPromise } from "./promise-answer.ts";

/** A value that a rule's function answered, or what is wrong with it. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };

/** Decoded bytes beside a score; the platform's limit ("2 KB" in its SDK, 2048 in its older pages). */
const LARGEST_EXTRA = 2048;
const SMALLEST_SCORE = -(2n ** 63n);

/** A whole number from 0 to 2^63-1. */
export function readCount(value: unknown): Reading<bigint> {
  const whole = readWhole(value, "the count");
  if ("problem" in whole) return whole;
  if (whole.value < 0n) return { problem: `the count is ${whole.value}; counters only go up` };
  if (whole.value > LARGEST_COUNT) return { problem: `the count is ${whole.value}, above 2^63-1` };
  return whole;
}

/** A whole number of 64 bits with a sign; below zero only where the board says so. */
export function readScore(value: unknown, negativeScores: boolean): Reading<bigint> {
  const whole = readWhole(value, "the score");
  if ("problem" in whole) return whole;
  if (whole.value > LARGEST_COUNT || whole.value < SMALLEST_SCORE) {
    return { problem: `the score is ${whole.value}, outside 64 bits (-2^63 to 2^63-1)` };
  }
  if (whole.value < 0n && !negativeScores) {
    return {
      problem: `the score is ${whole.value}; if scores below zero are meant, say board({ negativeScores: true })`,
    };
  }
  return whole;
}

/** Positions, 0 being the leftmost of the platform's text, as a mask. */
export function readBits(value: unknown, length: number): Reading<bigint> {
  if (!Array.isArray(value)) return { problem: `the bits are ${shown(value)}; give an array of positions` };
  let mask = 0n;
  for (const position of value as readonly unknown[]) {
    if (typeof position !== "number" || !Number.isInteger(position) || position < 0 || position >= length) {
      return { problem: `bit ${shown(position)} is no position from 0 to ${length - 1}` };
    }
    mask |= 1n << BigInt(position);
  }
  return { value: mask };
}

/** Extra data as standard base64, or undefined where there is none. */
export function readExtra(value: unknown): Reading<string | undefined> {
  if (value === undefined) return { value: undefined };
  if (typeof value !== "string" && !(value instanceof Uint8Array)) {
    return { problem: `the extra data is ${shown(value)}; give bytes (Uint8Array) or text` };
  }
  const bytes = typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value);
  if (bytes.length > LARGEST_EXTRA) {
    return { problem: `the extra data has ${bytes.length} bytes; at most ${LARGEST_EXTRA} are allowed` };
  }
  return { value: bytes.length === 0 ? undefined : bytes.toString("base64") };
}

function readWhole(value: unknown, what: string): Reading<bigint> {
  if (typeof value === "bigint") return { value };
  if (typeof value !== "number" || !Number.isInteger(value)) {
    return { problem: `${what} is ${shown(value)}; it must be a whole number` };
  }
  if (Number.isSafeInteger(value)) return { value: BigInt(value) };
  return { problem: `${what} is ${value}, which a number does not hold exactly; give a bigint` };
}

function shown(value: unknown): string {
  return isPromise(value) ? "a promise (rules answer at once)" : shownValue(value);
}
