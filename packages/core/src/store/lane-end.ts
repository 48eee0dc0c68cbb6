import { announceRow } from "./lane-announcements.ts";
import type { AttemptRecord, DeadLetter, SendRecord } from "./lane-records.ts";
import { giveBack, inEpoch, inTheAirAfter, stillInTheAir } from "./lane-leftovers.ts";
import { handBackRow } from "./lane-return.ts";
import { inFlightOf, leaseTokenOf } from "./lane-row.ts";
import type { InFlight, LaneRow } from "./lane-row.ts";
import type { LaneEnd } from "./lane-store.ts";
import type { KeptSettlement } from "./store-time.ts";

/** A row after its lease ended, with what goes to the records beside it. */
export interface EndedLease {
  readonly row: LaneRow;
  /** Present when the send is over: settled or dead. */
  readonly record?: SendRecord;
  readonly dead?: Omit<DeadLetter, "id">;
}

const LONGEST_HISTORY = 20;

/** Ends a lease; undefined if the token is not the lane's current one. */
export function settleRow(row: LaneRow | undefined, settlement: KeptSettlement): EndedLease | undefined {
  if (row === undefined || leaseTokenOf(row) !== settlement.leaseToken) return undefined;
  const inFlight = inFlightOf(row);
  if (inFlight === undefined) return undefined;
  const { end, attempt } = settlement;
  // What was not to be sent clears nobody of having killed a process, nor does a verdict.
  const lostLeases = row.phase.state === "staged" ? 0 : row.lostLeases;
  const tried: LaneRow = { ...row, lostLeases, history: longer(row.history, attempt) };
  switch (end.type) {
    case "settled":
      return settled(tried, inFlight, end, settlement);
    case "released":
      return { row: released(tried, inFlight, end, settlement.now) };
    case "in-doubt":
      return { row: inDoubt(tried, inFlight, end) };
    case "parked":
      return { row: parked(tried, inFlight) };
    case "abandoned":
      return { row: handBackRow(tried, { now: settlement.now, ...end }) };
    case "dead":
      return dead(tried, inFlight, end, settlement);
  }
}

function longer(history: readonly AttemptRecord[], attempt: AttemptRecord | undefined): readonly AttemptRecord[] {
  return attempt === undefined ? history : [...history, attempt].slice(-LONGEST_HISTORY);
}

type End<Type extends LaneEnd["type"]> = Extract<LaneEnd, { readonly type: Type }>;

/** When something ended: in time lived, and as people are shown it. */
export type EndedAt = Pick<KeptSettlement, "now" | "shownAt">;

function settled(row: LaneRow, inFlight: InFlight, end: End<"settled">, at: EndedAt): EndedLease {
  const attempts = end.how === "suppressed" ? row.attempts : row.attempts + 1;
  const { toSeq, order, forcedOrder } = inFlight;
  const lastSettledSeq = Math.max(row.lastSettledSeq, order);
  const forcedSeq = Math.max(row.forcedSeq, forcedOrder);
  const ended = inNextEpoch({ ...finished(row, inFlight, at.now), lastSettledSeq, forcedSeq }, end, at);
  const factAgeMs = end.how === "suppressed" && end.progress ? { factAgeMs: at.now - end.progress.at } : {};
  return {
    row: ended,
    record: {
      fromSeq: row.settledThrough + 1,
      toSeq,
      how: end.how,
      attempts,
      at: at.shownAt,
      ...factAgeMs,
      ...lastOf(row),
    },
  };
}

/** What it unlocked is news of the epoch in which it was sent, where that is over; else of the one that its end begins. */
function inNextEpoch(row: LaneRow, end: End<"settled" | "dead">, at: EndedAt): LaneRow {
  const announced = (one: LaneRow): LaneRow => (end.announce === true ? announceRow(one, at.shownAt) : one);
  return row.forgetsAtEnd ? inEpoch(announced(row), end) : announced(inEpoch(row, end));
}

function dead(row: LaneRow, inFlight: InFlight, end: End<"dead">, at: EndedAt): EndedLease {
  const { reason, detail, maybeApplied } = end;
  const aloft = { ...row, inTheAir: inTheAirAfter(row, inFlight, end.inTheAirUntil, at.now) };
  const ended = givenUp(aloft, inFlight, { reason, detail, maybeApplied, attempts: row.attempts + 1 }, at);
  const baseline = end.forgetProgress === true ? undefined : ended.row.progress;
  return { ...ended, row: inNextEpoch({ ...ended.row, progress: baseline }, end, at) };
}

/** Why a value is given up. */
interface Death extends Pick<DeadLetter, "reason" | "maybeApplied" | "attempts"> {
  readonly detail: string | undefined;
}

/** A value taken out of its lane for good, without an outcome: `inFlight`, or all that was pending. */
export function givenUp(row: LaneRow, inFlight: InFlight, death: Death, at: EndedAt): Required<EndedLease> {
  const fromSeq = row.settledThrough + 1;
  const { toSeq, value, order, forcedOrder } = inFlight;
  const { detail, ...why } = death;
  return {
    row: finished(row, inFlight, at.now),
    record: {
      fromSeq,
      toSeq,
      how: "dead",
      reason: death.reason,
      attempts: death.attempts,
      at: at.shownAt,
      ...lastOf(row),
    },
    dead: {
      key: row.key,
      value,
      fromSeq,
      toSeq,
      ...why,
      ...(order !== toSeq && { order }),
      ...(forcedOrder !== 0 && forcedOrder !== order && { forcedOrder }),
      history: row.history,
      at: at.shownAt,
      ...(detail !== undefined && { detail }),
    },
  };
}

function lastOf(row: LaneRow): { readonly last?: AttemptRecord } {
  const last = row.history.at(-1);
  return last === undefined ? {} : { last };
}

/** What all final ends leave: an open lane in which whatever is pending starts fresh. */
function finished(row: LaneRow, inFlight: InFlight, now: number): LaneRow {
  return {
    ...row,
    phase: { state: "open" },
    settledThrough: inFlight.toSeq,
    settledAt: now,
    attempts: 0,
    notBefore: 0,
    reason: undefined,
    // An answer says nothing of an earlier request that is still on its way.
    inTheAir: stillInTheAir(row, now),
    sentWhileLocked: false,
    history: [],
    lostLeases: 0,
  };
}

function released(row: LaneRow, inFlight: InFlight, end: End<"released">, now: number): LaneRow {
  const open: LaneRow = {
    ...row,
    phase: { state: "open" },
    pending: giveBack(row, inFlight),
    attempts: end.failedAttempt ? row.attempts + 1 : row.attempts,
    notBefore: end.notBefore,
    reason: end.reason,
    inTheAir: inTheAirAfter(row, inFlight, end.inTheAirUntil, now),
    sentWhileLocked: row.sentWhileLocked || end.sentWhileLocked === true,
  };
  return inEpoch(open, end);
}

function parked(row: LaneRow, inFlight: InFlight): LaneRow {
  return inEpoch({ ...row, phase: { state: "parked" }, pending: giveBack(row, inFlight), reason: "user-token" });
}

function inDoubt(row: LaneRow, inFlight: InFlight, end: End<"in-doubt">): LaneRow {
  const { journal, dueAt } = end;
  return {
    ...row,
    phase: { state: "in-doubt", inFlight, journal, dueAt, leaseToken: undefined },
    epoch: Math.max(row.epoch, journal.epoch),
  };
}
