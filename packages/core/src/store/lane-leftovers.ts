import type { LaneValue } from "../intent/lane-value.ts";
import type { Progress } from "./lane-records.ts";
import { isForced, joined } from "./lane-row.ts";
import type { InFlight, InTheAir, LaneRow, Waiting } from "./lane-row.ts";

/** What a lease leaves in its lane, however it ended: the value, the baseline, and what may still be on its way. */

/** The value in flight back under what came in meanwhile. */
export function giveBack(row: LaneRow, inFlight: InFlight): Waiting | undefined {
  const { toSeq: _, ...waiting } = inFlight;
  return joined(waiting, row.pending);
}

/**
 * The row with the baseline and the epoch its end leaves. A baseline does not outlive its epoch: without a new one the
 * lane has none. The journal is closed here, so what was to be forgotten with it is, what the end knows included.
 */
export function inEpoch(
  row: LaneRow,
  { progress, newEpoch }: { readonly progress?: Progress; readonly newEpoch?: boolean } = {},
): LaneRow {
  if (row.forgetsAtEnd) return { ...row, progress: undefined, epoch: row.epoch + 1, forgetsAtEnd: false };
  if (newEpoch === true) return { ...row, progress, epoch: row.epoch + 1 };
  return progress === undefined ? row : { ...row, progress };
}

export function stillInTheAir({ inTheAir }: LaneRow, now: number): InTheAir | undefined {
  return inTheAir !== undefined && inTheAir.until > now ? inTheAir : undefined;
}

/** What is in the air once the value in flight was given up on without an answer, until `until`; undefined: it was not. */
export function inTheAirAfter(
  row: LaneRow,
  { value }: InFlight,
  until: number | undefined,
  now: number,
): InTheAir | undefined {
  const earlier = stillInTheAir(row, now);
  if (until === undefined) return earlier;
  const wasLocked = "journal" in row.phase && row.phase.journal.wasLocked;
  return {
    until: Math.max(until, earlier?.until ?? until),
    exclusive: earlier?.exclusive === true || isForced(value) || (wasLocked && setsBits(value)),
  };
}

/** Of bits on a locked achievement it has to be known whether they unlocked it, before they are sent again. */
function setsBits(value: LaneValue): boolean {
  return value.type === "achievement" && value.bits > 0n && !value.unlock;
}
