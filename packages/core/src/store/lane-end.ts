import { inFlightOf, joined, leaseTokenOf } from "./lane-row.ts";
import type { InFlight, LaneRow, Waiting } from "./lane-row.ts";
import type { DeadLetter, LaneEnd, SendRecord, Settlement } from "./lane-store.ts";

/** A row after its lease ended, with what goes to the records beside it. */
export interface EndedLease {
  readonly row: LaneRow;
  /** Present when the send is over: settled or dead. */
  readonly record?: SendRecord;
  readonly dead?: Omit<DeadLetter, "id">;
}

/** Ends a lease; undefined if the token is not the lane's current one. */
export function settleRow(row: LaneRow | undefined, settlement: Settlement): EndedLease | undefined {
  if (row === undefined || leaseTokenOf(row) !== settlement.leaseToken) return undefined;
  const inFlight = inFlightOf(row);
  if (inFlight === undefined) return undefined;
  const { end, now } = settlement;
  switch (end.type) {
    case "settled":
      return settled(row, inFlight, end, now);
    case "released":
      return { row: released(row, inFlight, end) };
    case "in-doubt":
      return { row: inDoubt(row, inFlight, end) };
    case "parked":
      return { row: { ...row, phase: { state: "parked" }, pending: giveBack(row, inFlight), reason: "user-token" } };
    case "dead":
      return dead(row, inFlight, end, now);
  }
}

/** The value in flight back under what came in meanwhile. */
export function giveBack(row: LaneRow, inFlight: InFlight): Waiting | undefined {
  const { value, oldestAt, dueAt } = inFlight;
  return joined({ value, oldestAt, dueAt }, row.pending);
}

type End<Type extends LaneEnd["type"]> = Extract<LaneEnd, { readonly type: Type }>;

function settled(row: LaneRow, inFlight: InFlight, end: End<"settled">, now: number): EndedLease {
  const attempts = end.how === "suppressed" ? row.attempts : row.attempts + 1;
  return {
    row: {
      ...ended(row, inFlight, now),
      lastSettledSeq: inFlight.toSeq,
      progress: end.progress ?? row.progress,
    },
    record: { fromSeq: row.settledThrough + 1, toSeq: inFlight.toSeq, how: end.how, attempts, at: now },
  };
}

function dead(row: LaneRow, inFlight: InFlight, end: End<"dead">, now: number): EndedLease {
  const fromSeq = row.settledThrough + 1;
  const { toSeq, value } = inFlight;
  const { reason, maybeApplied } = end;
  const attempts = row.attempts + 1;
  const baseline = end.forgetProgress === true ? undefined : row.progress;
  return {
    row: { ...ended(row, inFlight, now), progress: end.progress ?? baseline },
    record: { fromSeq, toSeq, how: "dead", reason, attempts, at: now },
    dead: {
      key: row.key,
      value,
      fromSeq,
      toSeq,
      reason,
      maybeApplied,
      attempts,
      at: now,
      ...(end.detail !== undefined && { detail: end.detail }),
    },
  };
}

/** What both final ends leave: an open lane in which whatever is pending starts fresh. */
function ended(row: LaneRow, inFlight: InFlight, now: number): LaneRow {
  return {
    ...row,
    phase: { state: "open" },
    settledThrough: inFlight.toSeq,
    settledAt: now,
    attempts: 0,
    notBefore: 0,
    reason: undefined,
    sentWhileLocked: false,
  };
}

function released(row: LaneRow, inFlight: InFlight, end: End<"released">): LaneRow {
  return {
    ...row,
    phase: { state: "open" },
    pending: giveBack(row, inFlight),
    attempts: end.failedAttempt ? row.attempts + 1 : row.attempts,
    notBefore: end.notBefore,
    reason: end.reason,
    sentWhileLocked: row.sentWhileLocked || end.sentWhileLocked === true,
    progress: end.progress ?? row.progress,
  };
}

function inDoubt(row: LaneRow, inFlight: InFlight, end: End<"in-doubt">): LaneRow {
  const { journal, dueAt } = end;
  return {
    ...row,
    phase: { state: "in-doubt", inFlight, journal, dueAt, leaseToken: undefined },
    epoch: Math.max(row.epoch, journal.epoch),
  };
}
