import { readHttpDate } from "../runtime/calendar.ts";

const SECONDS = /^\d{1,9}$/;
const LONGEST_MS = 24 * 60 * 60 * 1000;

/** The wait a `Retry-After` header orders, ms, at most a day; undefined if there is none that can be read. `nowMs` is wall time. */
export function readRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim();
  if (text === undefined || text === "") return undefined;
  if (SECONDS.test(text)) return Math.min(Number(text) * 1000, LONGEST_MS);
  const at = readHttpDate(text);
  return at === undefined ? undefined : Math.min(Math.max(0, at - nowMs), LONGEST_MS);
}
