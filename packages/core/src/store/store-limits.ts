import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";

/** Lanes a store takes unless told otherwise. */
export const MAX_LANES = 1_000_000;

/** A file with less room could hold nothing but its reserve. */
export const LEAST_BYTES: number = 1024 * 1024;

/** Refuses what is not a limit, with a hint. */
export function checkLimit(name: string, limit: number, least: number): void {
  if (Number.isSafeInteger(limit) && limit >= least) return;
  throw new QuestlineError("bad_input", `${name} must be a whole number from ${least} on, not ${shownValue(limit)}.`);
}
