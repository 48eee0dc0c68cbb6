import { accumulates } from "../intent/lane-value.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import { giveBack } from "./lane-end.ts";
import { inFlightOf, joined } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { DeadLetter } from "./lane-store.ts";

/** How lanes come back without an outcome: from a lost process, from waiting, from the dead. */

/** Strips the lease another incarnation left. Rows that nobody holds come back unchanged (the same object). */
export function takeOverRow(row: LaneRow, now: number, quietMs: number): LaneRow {
  const { phase } = row;
  if (phase.state === "leased") return { ...row, phase: { state: "open" }, pending: giveBack(row, phase.inFlight) };
  if (phase.state === "staged") return takeOverStaged(row, phase, now + quietMs, now);
  if (phase.state === "in-doubt" && phase.leaseToken !== undefined) {
    return { ...row, phase: { ...phase, leaseToken: undefined } };
  }
  return row;
}

type Staged = Extract<LaneRow["phase"], { readonly state: "staged" }>;

function takeOverStaged(row: LaneRow, phase: Staged, quietUntil: number, now: number): LaneRow {
  const { inFlight } = phase;
  if (accumulates(inFlight.value)) {
    const journal = { ...phase.journal, inDoubtSince: now };
    return { ...row, phase: { state: "in-doubt", inFlight, journal, dueAt: quietUntil, leaseToken: undefined } };
  }
  return {
    ...row,
    phase: { state: "open" },
    pending: giveBack(row, inFlight),
    // A forced score that may still be on its way must not land after a different one sent later.
    notBefore: isForced(inFlight.value) ? Math.max(row.notBefore, quietUntil) : row.notBefore,
    sentWhileLocked: row.sentWhileLocked || phase.journal.wasLocked,
  };
}

/** Opens a parked lane, due at `now`; other lanes come back unchanged (the same object). */
export function wakeRow(row: LaneRow, now: number): LaneRow {
  if (row.phase.state !== "parked" || row.pending === undefined) return row;
  return { ...row, phase: { state: "open" }, pending: { ...row.pending, dueAt: now }, reason: undefined };
}

/** Stops the pending value from gathering any longer; backoffs and quiet periods stand. Else the same object. */
export function makeDueRow(row: LaneRow, now: number): LaneRow {
  if (row.pending === undefined || row.pending.dueAt <= now) return row;
  return { ...row, pending: { ...row.pending, dueAt: now } };
}

/**
 * The lane with a dead value merged under what is pending, as if reported at `now` (its own age would end it again); it
 * takes a new seq, since its old ones have ended. Undefined: a forced score that something newer has overtaken, which
 * would now undo it.
 */
export function requeueInto(row: LaneRow, letter: DeadLetter, now: number): LaneRow | undefined {
  if (isForced(letter.value) && isOvertaken(row, letter)) return undefined;
  const returning = { value: letter.value, oldestAt: now, dueAt: now };
  return { ...row, seq: row.seq + 1, pending: joined(returning, row.pending) };
}

function isOvertaken(row: LaneRow, letter: DeadLetter): boolean {
  const inFlight = inFlightOf(row);
  return row.lastSettledSeq > letter.toSeq || (inFlight !== undefined && isForced(inFlight.value));
}

function isForced(value: LaneValue): boolean {
  return value.type === "score" && value.forced;
}
