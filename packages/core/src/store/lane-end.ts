import { announceRow } from "./lane-announcements.ts";
import type { AttemptRecord, DeadLetter, SendRecord } from "./lane-records.ts";
import { inFlightOf, joined, leaseTokenOf } from "./lane-row.ts";
import type { InFlight, LaneRow, Waiting } from "./lane-row.ts";
import type { LaneEnd, Settlement } from "./lane-store.ts";

/** A row after its lease ended, with what goes to the records beside it. */
export interface EndedLease {
  readonly row: LaneRow;
  /** Present when the send is over: settled or dead. */
  readonly record?: SendRecord;
  readonly dead?: Omit<DeadLetter, "id">;
}

const LONGEST_HISTORY = 20;

/** Ends a lease; undefined if the token is not the lane's current one. */
export function settleRow(row: LaneRow | undefined, settlement: Settlement): EndedLease | undefined {
  if (row === undefined || leaseTokenOf(row) !== settlement.leaseToken) return undefined;
  const inFlight = inFlightOf(row);
  if (inFlight === undefined) return undefined;
  const { end, now, attempt } = settlement;
  const tried: LaneRow = { ...row, lostLeases: 0, history: longer(row.history, attempt) };
  switch (end.type) {
    case "settled":
      return settled(tried, inFlight, end, now);
    case "released":
      return { row: released(tried, inFlight, end) };
    case "in-doubt":
      return { row: inDoubt(tried, inFlight, end) };
    case "parked":
      return { row: parked(tried, inFlight) };
    case "dead":
      return dead(tried, inFlight, end, now);
  }
}

function longer(history: readonly AttemptRecord[], attempt: AttemptRecord | undefined): readonly AttemptRecord[] {
  return attempt === undefined ? history : [...history, attempt].slice(-LONGEST_HISTORY);
}

/** The value in flight back under what came in meanwhile. */
export function giveBack(row: LaneRow, inFlight: InFlight): Waiting | undefined {
  const { value, oldestAt, dueAt } = inFlight;
  return joined({ value, oldestAt, dueAt }, row.pending);
}

type End<Type extends LaneEnd["type"]> = Extract<LaneEnd, { readonly type: Type }>;

function settled(row: LaneRow, inFlight: InFlight, end: End<"settled">, now: number): EndedLease {
  const attempts = end.how === "suppressed" ? row.attempts : row.attempts + 1;
  const ended = inEpoch({ ...finished(row, inFlight, now), lastSettledSeq: inFlight.toSeq }, end);
  return {
    row: end.announce === true ? announceRow(ended, now) : ended,
    record: {
      fromSeq: row.settledThrough + 1,
      toSeq: inFlight.toSeq,
      how: end.how,
      attempts,
      at: now,
      ...lastOf(row),
    },
  };
}

function dead(row: LaneRow, inFlight: InFlight, end: End<"dead">, now: number): EndedLease {
  const { reason, detail, maybeApplied } = end;
  const ended = givenUp(row, inFlight, { reason, detail, maybeApplied, attempts: row.attempts + 1 }, now);
  const baseline = end.forgetProgress === true ? undefined : ended.row.progress;
  return { ...ended, row: inEpoch({ ...ended.row, progress: baseline }, end) };
}

/** Why a value is given up. */
interface Death extends Pick<DeadLetter, "reason" | "maybeApplied" | "attempts"> {
  readonly detail: string | undefined;
}

/** A value taken out of its lane for good, without an outcome: `inFlight`, or all that was pending. */
export function givenUp(row: LaneRow, inFlight: InFlight, death: Death, now: number): Required<EndedLease> {
  const fromSeq = row.settledThrough + 1;
  const { toSeq, value } = inFlight;
  const { detail, ...why } = death;
  return {
    row: finished(row, inFlight, now),
    record: { fromSeq, toSeq, how: "dead", reason: death.reason, attempts: death.attempts, at: now, ...lastOf(row) },
    dead: {
      key: row.key,
      value,
      fromSeq,
      toSeq,
      ...why,
      history: row.history,
      at: now,
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
    sentWhileLocked: false,
    history: [],
    lostLeases: 0,
  };
}

/**
 * The row with the baseline and the epoch its end leaves. A baseline does not outlive its epoch: without a new one the
 * lane has none. The journal is closed here, so what was to be forgotten with it is, what the end knows included.
 */
export function inEpoch(
  row: LaneRow,
  { progress, newEpoch }: Pick<End<"released">, "progress" | "newEpoch"> = {},
): LaneRow {
  if (row.forgetsAtEnd) return { ...row, progress: undefined, epoch: row.epoch + 1, forgetsAtEnd: false };
  if (newEpoch === true) return { ...row, progress, epoch: row.epoch + 1 };
  return progress === undefined ? row : { ...row, progress };
}

function released(row: LaneRow, inFlight: InFlight, end: End<"released">): LaneRow {
  const open: LaneRow = {
    ...row,
    phase: { state: "open" },
    pending: giveBack(row, inFlight),
    attempts: end.failedAttempt ? row.attempts + 1 : row.attempts,
    notBefore: end.notBefore,
    reason: end.reason,
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
