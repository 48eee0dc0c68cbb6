import { accumulates } from "../intent/lane-value.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import { giveBack, inEpoch } from "./lane-end.ts";
import type { DeadLetter } from "./lane-records.ts";
import { inFlightOf, joined } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";

/** How lanes come back without an outcome: from a lost process, from waiting, from the dead. */

/** Strips the lease another incarnation left. Rows that nobody holds come back unchanged (the same object). */
export function takeOverRow(row: LaneRow, now: number, quietMs: number): LaneRow {
  const { phase } = row;
  if (phase.state === "in-doubt" && phase.leaseToken === undefined) return doubtAnew(row, phase, now + quietMs);
  if (!("leaseToken" in phase) || phase.leaseToken === undefined) return row;
  const lost: LaneRow = { ...row, lostLeases: row.lostLeases + 1 };
  if (phase.state === "leased") return { ...lost, phase: { state: "open" }, pending: giveBack(row, phase.inFlight) };
  if (phase.state === "staged") return takeOverStaged(lost, phase, now + quietMs, now);
  return doubtAnew(lost, phase, now + quietMs);
}

/** The quiet period begins again: the wall clock that set the old due time may have been wrong. */
function doubtAnew(row: LaneRow, phase: InDoubt, dueAt: number): LaneRow {
  const journal = { ...phase.journal, unchangedReads: 0 };
  return { ...row, phase: { ...phase, journal, dueAt, leaseToken: undefined } };
}

type InDoubt = Extract<LaneRow["phase"], { readonly state: "in-doubt" }>;

type Staged = Extract<LaneRow["phase"], { readonly state: "staged" }>;

function takeOverStaged(row: LaneRow, phase: Staged, quietUntil: number, now: number): LaneRow {
  const { inFlight } = phase;
  if (accumulates(inFlight.value)) {
    const journal = { ...phase.journal, inDoubtSince: now };
    return { ...row, phase: { state: "in-doubt", inFlight, journal, dueAt: quietUntil, leaseToken: undefined } };
  }
  const isScore = inFlight.value.type === "score";
  return inEpoch({
    ...row,
    phase: { state: "open" },
    pending: giveBack(row, inFlight),
    // A score is staged where forced ones occur: one that may still be on its way must not land after a later one. Of
    // bits it has to be known whether they unlocked anything.
    notBefore: isScore || isBits(inFlight.value) ? Math.max(row.notBefore, quietUntil) : row.notBefore,
    sentWhileLocked: row.sentWhileLocked || phase.journal.wasLocked || isScore,
  });
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
 * An achievement's lane without its baseline, in a new epoch; a score's comes back unchanged (the same object). While a
 * journal is open, its verdict still needs what is known: the lane forgets when it closes. A lease without a journal
 * forgets at once and again at its end, for its holder may still bring what it read before.
 */
export function forgetRow(row: LaneRow): LaneRow {
  if (row.key.target.type !== "achievement") return row;
  const marked = { ...row, forgetsAtEnd: true };
  if ("journal" in row.phase) return marked;
  return { ...inEpoch(marked), forgetsAtEnd: row.phase.state === "leased" };
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

function isBits(value: LaneValue): boolean {
  return value.type === "achievement" && value.bits > 0n && !value.unlock;
}

export function isForced(value: LaneValue): boolean {
  return value.type === "score" && value.forced;
}
