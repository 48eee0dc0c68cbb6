import { laneKeyOf } from "../intent/intent.ts";
import { emptyRow } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";

/**
 * What takes the place of a lane that could not be read at `at`. Its seqs and epochs are above `from`, and so above all
 * that the lane had; nothing is known of its progress, and nothing that is older than it may be sent after it.
 */
export function anewRow(id: string, from: number, at: number): LaneRow {
  return { ...emptyRow(laneKeyOf(id), from), forcedSeq: from, settledAt: at, anew: true };
}

/**
 * Holds a lane that was begun anew back, the first time it is due: what its forerunner had on its way may take effect
 * for as long as that of a lost process. Its progress is read after that.
 */
export function heldBack(row: LaneRow, now: number, quietMs: number): LaneRow {
  const until = now + quietMs;
  return { ...row, anew: undefined, inTheAir: { until, exclusive: true } };
}
