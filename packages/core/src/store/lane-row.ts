import { mergeValues } from "../intent/lane-value.ts";
import type { LaneValue } from "../intent/lane-value.ts";
import { laneId } from "../intent/intent.ts";
import type { LaneKey } from "../intent/intent.ts";
import type { Reason } from "../intent/outcome.ts";
import type { AttemptRecord, LaneSnapshot, Progress } from "./lane-records.ts";
import type { Firing, Journal, LeasedLane, Staging } from "./lane-store.ts";

/**
 * One lane as every store keeps it, and the steps that change it. The steps are pure: a store reads rows, steps them and
 * writes them back in one transaction.
 *
 *   open ──lease──▶ leased ──stage──▶ staged ──in-doubt──▶ in doubt ──lease──▶ in doubt, with a token
 *     ▲               │                 │                                         │
 *     ├── settled, released, dead ──────┴─────────────────────────────────────────┘
 *     └── wake ── parked ◀── parked (from whatever was leased)
 *
 * New firings merge into `pending` whatever the phase, so an open lane is *pending* or *idle* by whether it has one. A
 * take-over strips every lease: leased rows open again, staged ones open or become in doubt, and a row whose leases keep
 * dying with their process gives its value up. A parked lane always has a pending value; `wake` opens it, or its age does.
 *
 * Seqs: each accepted firing takes the next `seq`. What is in flight covers `settledThrough + 1` to its `toSeq`, what is
 * pending all after that up to `seq`; a release gives its seqs back to pending.
 */
export interface LaneRow {
  readonly id: string;
  readonly key: LaneKey;
  readonly phase: LanePhase;
  readonly pending: Waiting | undefined;
  readonly seq: number;
  /** Every seq up to here has ended: settled or dead. */
  readonly settledThrough: number;
  /** The latest `order` that settled; a dead end does not move it. */
  readonly lastSettledSeq: number;
  /** The `forcedOrder` of the latest forced score that settled; 0 where none did. What is older must not be sent any more. */
  readonly forcedSeq: number;
  /** Failed attempts since the last settlement. */
  readonly attempts: number;
  /** End of a backoff: nothing leaves earlier, however due it is. Like every time that decides, in time lived. */
  readonly notBefore: number;
  /** What may still take effect after its answer was given up on. It outlives the value's end. */
  readonly inTheAir: InTheAir | undefined;
  /** Progress is being reset, or may be: nothing leaves earlier. */
  readonly heldUntil: number;
  readonly reason: Reason | undefined;
  readonly progress: Progress | undefined;
  /** When its last send ended, settled or dead. */
  readonly settledAt: number | undefined;
  readonly sentWhileLocked: boolean;
  readonly epoch: number;
  /** The baseline goes and a new epoch begins when this lease ends or this journal closes, whatever the end brings. */
  readonly forgetsAtEnd: boolean;
  /** Tries of the value that is not final yet, oldest first. */
  readonly history: readonly AttemptRecord[];
  /** Staged attempts in a row that died with their process. */
  readonly lostLeases: number;
  /** By epoch, rising: the announcements nobody acknowledged, and the last one in any case. */
  readonly announced: readonly Announced[];
  /**
   * Begun in the place of a row that could not be read, and not sent since: what that one had on its way, nobody knows.
   * When it is first due, a quiet period begins.
   */
  readonly anew?: boolean | undefined;
}

/** An unlock of ours in one epoch of the lane. */
export interface Announced {
  readonly epoch: number;
  readonly at: number;
  readonly acknowledged: boolean;
}

/**
 * Requests of this lane that were given up on and may still take effect until `until`. Best scores, bits and unlocks may
 * follow each other; what must not follow is a forced score, which a late one could undo, and where what is in the air
 * was `exclusive` (a forced score, or bits that may have unlocked something), nothing may.
 */
export interface InTheAir {
  readonly until: number;
  readonly exclusive: boolean;
}

/** A value with the age and the due time of its oldest and most urgent firing. */
export interface Waiting {
  readonly value: LaneValue;
  readonly oldestAt: number;
  readonly dueAt: number;
  /** The seq as which the latest of it was reported: what was requeued keeps the place it had. */
  readonly order: number;
  /** The same of its forced score; 0 where there is none. */
  readonly forcedOrder: number;
}

/** A value that left pending; covers the seqs from `settledThrough + 1` to `toSeq`. */
export interface InFlight extends Waiting {
  readonly toSeq: number;
}

export type LanePhase =
  | { readonly state: "open" }
  | { readonly state: "parked" }
  | { readonly state: "leased"; readonly inFlight: InFlight; readonly leaseToken: string }
  | { readonly state: "staged"; readonly inFlight: InFlight; readonly leaseToken: string; readonly journal: Journal }
  | {
      readonly state: "in-doubt";
      readonly inFlight: InFlight;
      readonly journal: Journal;
      readonly dueAt: number;
      /** Absent while no verdict is being sought. */
      readonly leaseToken: string | undefined;
    };

/** The row with one firing merged into its pending value; where there was none, a new one from `from` on. */
export function acceptInto(row: LaneRow | undefined, firing: Firing, from = 0): LaneRow {
  const lane = row ?? emptyRow(firing.key, from);
  const { value, at: oldestAt, dueAt } = firing;
  const order = lane.seq + 1;
  const arriving: Waiting = { value, oldestAt, dueAt, order, forcedOrder: isForced(value) ? order : 0 };
  return { ...lane, seq: order, pending: joined(lane.pending, arriving) };
}

/** A lane in which nothing has happened; its seqs and epochs are above `from`, or `from` itself for the first epoch. */
export function emptyRow(key: LaneKey, from: number): LaneRow {
  return {
    id: laneId(key),
    key,
    phase: { state: "open" },
    pending: undefined,
    seq: from,
    settledThrough: from,
    lastSettledSeq: from,
    forcedSeq: 0,
    attempts: 0,
    notBefore: 0,
    inTheAir: undefined,
    heldUntil: 0,
    reason: undefined,
    progress: undefined,
    settledAt: undefined,
    sentWhileLocked: false,
    epoch: from,
    forgetsAtEnd: false,
    history: [],
    lostLeases: 0,
    announced: [],
  };
}

/** Two waiting values as one, in the order in which they were reported; where that is the same, `one` goes under `other`. */
export function joined(one: Waiting | undefined, other: Waiting | undefined): Waiting | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const [earlier, later] = one.order <= other.order ? [one, other] : [other, one];
  // What was reported after the forced part of the later one is compared with it, not replaced by it.
  const isBetween = isForced(later.value) && !isForced(earlier.value) && earlier.order > later.forcedOrder;
  return {
    order: later.order,
    forcedOrder: Math.max(earlier.forcedOrder, later.forcedOrder),
    value: isBetween ? mergeValues(later.value, earlier.value) : mergeValues(earlier.value, later.value),
    oldestAt: Math.min(earlier.oldestAt, later.oldestAt),
    dueAt: Math.min(earlier.dueAt, later.dueAt),
  };
}

/** When the lane may be leased; undefined while it is idle, parked or leased already. */
export function effectiveDue(row: LaneRow): number | undefined {
  if (row.phase.state === "in-doubt") return row.phase.leaseToken === undefined ? row.phase.dueAt : undefined;
  if (row.phase.state !== "open" || row.pending === undefined) return undefined;
  return Math.max(row.pending.dueAt, row.notBefore, row.heldUntil, airEnds(row, row.pending.value));
}

/** When what is in the air is no longer in this value's way. */
function airEnds({ inTheAir }: LaneRow, value: LaneValue): number {
  return inTheAir !== undefined && (inTheAir.exclusive || isForced(value)) ? inTheAir.until : 0;
}

export function isForced(value: LaneValue): boolean {
  return value.type === "score" && value.forced;
}

const CHANCES_ALONE = 3;

/**
 * From its second lost attempt on, and for its last three chances, a lane is a suspect: it is leased alone, so that no
 * other is blamed for what it does. Seeking a verdict sends nothing of it.
 */
export function isSuspect({ lostLeases, phase }: LaneRow, poisonAfter: number): boolean {
  return lostLeases >= Math.max(2, poisonAfter - CHANCES_ALONE) && phase.state !== "in-doubt";
}

/**
 * Since when nobody would miss the lane, wall ms: idle, everything announced seen, no wait left to keep. Undefined while
 * somebody would.
 */
export function idleSince(row: LaneRow): number | undefined {
  if (stateOf(row) !== "idle" || row.settledAt === undefined) return undefined;
  if (row.announced.some(({ acknowledged }) => !acknowledged)) return undefined;
  return Math.max(row.settledAt, row.notBefore, row.heldUntil, row.inTheAir?.until ?? 0);
}

/** Claims a lane that is due: its whole pending value moves in flight, or its verdict is taken on. */
export function leaseRow(row: LaneRow, leaseToken: string): LaneRow {
  if (row.phase.state === "in-doubt") return { ...row, phase: { ...row.phase, leaseToken } };
  if (row.phase.state !== "open" || row.pending === undefined) throw new TypeError("Only a due lane can be leased.");
  const inFlight: InFlight = { ...row.pending, toSeq: row.seq };
  return { ...row, pending: undefined, phase: { state: "leased", inFlight, leaseToken } };
}

/** The row with its journal written, or undefined if the token is stale or the lane waits for a verdict. */
export function stageRow(row: LaneRow | undefined, staging: Staging): LaneRow | undefined {
  if (row === undefined || leaseTokenOf(row) !== staging.leaseToken) return undefined;
  if (row.phase.state !== "leased" && row.phase.state !== "staged") return undefined;
  // What its journal stands on was read before.
  if (row.phase.state === "leased" && row.forgetsAtEnd) return undefined;
  const { journal } = staging;
  const { inFlight, leaseToken } = row.phase;
  return {
    ...row,
    phase: { state: "staged", inFlight, leaseToken, journal },
    progress: staging.progress ?? row.progress,
    epoch: Math.max(row.epoch, journal.epoch),
  };
}

/** The lane's current lease token, if it is leased. */
export function leaseTokenOf(row: LaneRow): string | undefined {
  return "leaseToken" in row.phase ? row.phase.leaseToken : undefined;
}

/** What is in flight, if anything is. */
export function inFlightOf(row: LaneRow): InFlight | undefined {
  return "inFlight" in row.phase ? row.phase.inFlight : undefined;
}

/** A leased row as its holder sees it. */
export function leasedLane(row: LaneRow, alone: boolean): LeasedLane {
  const leaseToken = leaseTokenOf(row);
  const inFlight = inFlightOf(row);
  if (leaseToken === undefined || inFlight === undefined) throw new TypeError("The lane is not leased.");
  const quietUntil = Math.max(row.heldUntil, row.inTheAir?.until ?? 0);
  return {
    id: row.id,
    key: row.key,
    leaseToken,
    value: inFlight.value,
    fromSeq: row.settledThrough + 1,
    toSeq: inFlight.toSeq,
    attempts: row.attempts,
    oldestAt: inFlight.oldestAt,
    sentWhileLocked: row.sentWhileLocked,
    epoch: row.epoch,
    lostLeases: row.lostLeases,
    alone,
    forgetsAtEnd: row.forgetsAtEnd,
    ...(quietUntil > 0 && { inTheAirUntil: quietUntil }),
    ...(row.progress && { progress: row.progress }),
    ...("journal" in row.phase && { journal: row.phase.journal }),
    ...(row.settledAt !== undefined && { settledAt: row.settledAt }),
  };
}

/** The name people know the lane's state by. */
export function stateOf(row: LaneRow): LaneSnapshot["state"] {
  if (row.phase.state === "open") return row.pending === undefined ? "idle" : "pending";
  return row.phase.state;
}

/** A row as people and receipts see it; never with a lease token. */
export function snapshotOf(row: LaneRow): LaneSnapshot {
  const inFlight = inFlightOf(row);
  const dueAt = effectiveDue(row);
  return {
    id: row.id,
    key: row.key,
    state: stateOf(row),
    seq: row.seq,
    settledThrough: row.settledThrough,
    attempts: row.attempts,
    history: row.history,
    lostLeases: row.lostLeases,
    ...(row.pending && { pending: row.pending.value }),
    ...(inFlight && { inFlight: inFlight.value }),
    ...(row.reason && { reason: row.reason }),
    ...(dueAt !== undefined && { dueAt }),
    ...(row.progress && { progress: row.progress }),
  };
}
