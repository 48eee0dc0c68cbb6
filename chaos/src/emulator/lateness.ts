import type { LoggedRequest } from "@questline/emulator";
import type { Stall } from "../runtime/loop-watch.ts";

/**
 * How long after the end of its connection a request took effect, at most; of a progress read, how far back the state lay
 * that it showed. While the emulator's loop stood still, an end (or the request itself) lay unread in the kernel, so it
 * counts from when the loop was last seen to turn.
 */
export function lateness({ effectAt, endedAt, lagMs }: LoggedRequest, stalls: readonly Stall[]): number {
  if (effectAt === undefined) return lagMs ?? 0;
  return effectAt - earliest(Math.min(effectAt, endedAt ?? effectAt), stalls);
}

/** What was noticed then may have happened as early as this. */
function earliest(noticed: number, stalls: readonly Stall[]): number {
  // A stall is over with the turn in which the loop's timers run, after what had come meanwhile.
  const stall = stalls.findLast(({ from, to }) => from <= noticed && noticed <= to);
  return stall?.from ?? noticed;
}
