import { accumulates } from "../intent/lane-value.ts";
import { giveBack, inEpoch, inTheAirAfter } from "./lane-leftovers.ts";
import type { DeadLetter } from "./lane-records.ts";
import { inFlightOf, isForced, joined } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";

/** How lanes come back without an outcome: from a lost process, from waiting, from the dead. */

/** When a lane that nobody ended may go on. */
export interface Return {
  readonly now: number;
  /** What was given back unsent waits until then; 0: not at all. */
  readonly notBefore: number;
  /** What may have been sent can take effect until then. */
  readonly quietUntil: number;
}

/**
 * A lane whose holder is gone, or does not know what became of it. Not staged: nothing was sent, its value goes back. A
 * staged count is in doubt; any other staged value goes back, and what was sent of it is in the air. A verdict that was
 * being sought stays due. Rows that nobody holds come back unchanged (the same object).
 */
export function handBackRow(row: LaneRow, { now, notBefore, quietUntil }: Return): LaneRow {
  const { phase } = row;
  if (!("leaseToken" in phase) || phase.leaseToken === undefined) return row;
  if (phase.state === "in-doubt") {
    return { ...row, phase: { ...phase, dueAt: Math.max(phase.dueAt, notBefore), leaseToken: undefined } };
  }
  const { inFlight } = phase;
  if (phase.state === "staged" && accumulates(inFlight.value)) {
    const journal = { ...phase.journal, inDoubtSince: now };
    return { ...row, phase: { state: "in-doubt", inFlight, journal, dueAt: quietUntil, leaseToken: undefined } };
  }
  const open: LaneRow = {
    ...row,
    phase: { state: "open" },
    pending: giveBack(row, inFlight),
    notBefore: Math.max(row.notBefore, notBefore),
  };
  if (phase.state === "leased") return open.forgetsAtEnd ? inEpoch(open) : open;
  const mayHaveLanded = phase.journal.wasLocked || inFlight.value.type === "score";
  return inEpoch({
    ...open,
    inTheAir: inTheAirAfter(row, inFlight, quietUntil, now),
    sentWhileLocked: row.sentWhileLocked || mayHaveLanded,
  });
}

/** What a takeover made wait until `from` waits until `to`; else the same object. */
export function shortenedRow(row: LaneRow, from: number, to: number): LaneRow {
  const { phase, inTheAir } = row;
  if (phase.state === "in-doubt" && phase.dueAt === from) return { ...row, phase: { ...phase, dueAt: to } };
  return inTheAir?.until === from ? { ...row, inTheAir: { ...inTheAir, until: to } } : row;
}

/** As `handBackRow`, from a process that died; a staged attempt that died with it is remembered. */
export function takeOverRow(row: LaneRow, back: Return): LaneRow {
  const lostLeases = row.phase.state === "staged" ? row.lostLeases + 1 : row.lostLeases;
  const returned = handBackRow(row, back);
  return returned === row ? row : { ...returned, lostLeases };
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
 * An achievement's lane without its baseline, in a new epoch, held until `heldUntil`; a score's comes back unchanged (the
 * same object). While a journal is open, its verdict still needs what is known: the lane forgets when it closes. A lease
 * without a journal forgets at once and again at its end, for its holder may still bring what it read before.
 */
export function forgetRow(row: LaneRow, heldUntil: number): LaneRow {
  if (row.key.target.type !== "achievement") return row;
  const marked = { ...row, forgetsAtEnd: true, heldUntil };
  if ("journal" in row.phase) return marked;
  return { ...inEpoch(marked), forgetsAtEnd: row.phase.state === "leased" };
}

/**
 * The lane with a dead value merged under what is pending, as if reported at `now` (its own age would end it again); it
 * takes a new seq, since its old ones have ended. Undefined: a score that a newer forced one has overtaken, or a forced
 * one that any newer score has: it would now undo what came after it.
 */
export function requeueInto(row: LaneRow, letter: DeadLetter, now: number): LaneRow | undefined {
  if (isOvertaken(row, letter)) return undefined;
  const { value, order = letter.toSeq } = letter;
  const forcedOrder = isForced(value) ? (letter.forcedOrder ?? order) : 0;
  const returning = { value, oldestAt: now, dueAt: now, order, forcedOrder };
  return { ...row, seq: row.seq + 1, pending: joined(returning, row.pending) };
}

function isOvertaken(row: LaneRow, { value, toSeq, order = toSeq }: DeadLetter): boolean {
  if (value.type !== "score") return false;
  const inFlight = inFlightOf(row);
  const forced = Math.max(row.forcedSeq, inFlight?.forcedOrder ?? 0, row.pending?.forcedOrder ?? 0);
  // What is pending is merged with it; what is on its way already is not.
  return forced > order || (value.forced && Math.max(row.lastSettledSeq, inFlight?.order ?? 0) > order);
}
