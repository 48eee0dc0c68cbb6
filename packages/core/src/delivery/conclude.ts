import type { LaneValue } from "../intent/lane-value.ts";
import { accumulates, LARGEST_COUNT } from "../intent/lane-value.ts";
import type { Outcome, Reason } from "../intent/outcome.ts";
import { fullJitter } from "../resilience/backoff.ts";
import type { AttemptRecord, Progress } from "../store/lane-records.ts";
import type { Journal, LaneEnd, LeasedLane } from "../store/lane-store.ts";
import type { DeliveryPolicy } from "./policy.ts";
import type { Verdict } from "./verdict.ts";

/** How a lease ends, and what people should hear of it. */
export interface Conclusion {
  readonly end: LaneEnd;
  readonly improved?: boolean | "unknown";
  readonly score?: bigint;
  /** The epoch of an announcement, where it is not the lane's. */
  readonly epoch?: number;
  /** What the try was like; absent where nothing was asked of the platform. */
  readonly tried?: Tried;
}

export type Tried = Pick<AttemptRecord, "status" | "reason" | "detail">;

/** The instant and the one random number in [0, 1) that a decision may use. */
export interface Moment {
  readonly now: number;
  readonly chance: number;
}

/** A failure that leaves the value with its lane. */
export interface Setback {
  readonly reason: Reason;
  readonly detail?: string;
  readonly afterMs?: number;
  readonly appWide?: boolean;
  /** The request may have taken effect; only of replay-safe values. */
  readonly maybeApplied?: boolean;
  /** What may still land matters to what comes next: nothing is sent until the quiet period is over. */
  readonly waitsOut?: boolean;
  /** The achievement was unlocked before the request, so that whatever it did unlocked nothing. */
  readonly wasUnlocked?: boolean;
}

/** What a delivered write leaves as the lane's progress. */
export function progressAfter(journal: Journal, value: LaneValue, justUnlocked: boolean, now: number): Progress {
  const forced = value.type === "achievement" && value.unlock;
  const sum = journal.count + journal.n;
  const count = sum > LARGEST_COUNT ? LARGEST_COUNT : sum;
  return { count, unlocked: !journal.wasLocked || justUnlocked || forced, at: now };
}

/** Gives a value back, or gives it up once it is too old. Age decides, never the number of attempts. */
export function giveBack(lane: LeasedLane, policy: DeliveryPolicy, moment: Moment, setback: Setback): Conclusion {
  const { reason, detail, appWide = false, maybeApplied = false, wasUnlocked = false } = setback;
  const tried: Tried = { status: "retryable", reason, ...(detail === undefined ? {} : { detail }) };
  const mayHaveLanded = lane.sentWhileLocked || (maybeApplied && !wasUnlocked);
  if (!appWide && moment.now - lane.oldestAt > policy.maxAgeMs) {
    return { end: { type: "dead", reason: "too-old", detail: detail ?? reason, maybeApplied: mayHaveLanded }, tried };
  }
  const backoff = fullJitter(lane.attempts, { baseMs: policy.backoffMs, capMs: policy.maxBackoffMs }, moment.chance);
  const quiet = maybeApplied && setback.waitsOut === true ? policy.quietPeriodMs : 0;
  return {
    end: {
      type: "released",
      reason,
      notBefore: moment.now + Math.max(setback.afterMs ?? 0, backoff, quiet),
      failedAttempt: !appWide,
      ...(mayHaveLanded ? { sentWhileLocked: true } : {}),
    },
    tried,
  };
}

/** The end of an attempt that was not delivered. */
export function concludeFailure(
  lane: LeasedLane,
  outcome: Exclude<Outcome, { status: "delivered" }>,
  journal: Journal | undefined,
  policy: DeliveryPolicy,
  moment: Moment,
  waitsOut = false,
): Conclusion {
  if (outcome.status === "retryable") {
    const wasUnlocked = journal !== undefined && !journal.wasLocked && lane.value.type === "achievement";
    return giveBack(lane, policy, moment, { ...outcome, wasUnlocked, waitsOut });
  }
  const detail = outcome.detail === undefined ? {} : { detail: outcome.detail };
  const tried: Tried = { status: outcome.status, reason: outcome.reason, ...detail };
  if (outcome.status === "ambiguous") {
    if (journal === undefined || !accumulates(lane.value))
      throw new TypeError("Only a journalled count can be in doubt.");
    const doubt: Journal = { ...journal, unchangedReads: 0, inDoubtSince: moment.now };
    return { end: { type: "in-doubt", journal: doubt, dueAt: moment.now + policy.quietPeriodMs }, tried };
  }
  if (outcome.reason === "user-token") return { end: { type: "parked" }, tried };
  return { end: { type: "dead", reason: outcome.reason, ...detail, maybeApplied: lane.sentWhileLocked }, tried };
}

/** When a verdict was read, and what a read that failed said of the next. */
interface VerdictMoment extends Moment {
  readonly sentAt: number;
  readonly afterMs?: number | undefined;
  readonly appWide?: boolean | undefined;
}

/** The end of a verdict read. */
export function concludeVerdict(
  journal: Journal,
  verdict: Verdict,
  policy: DeliveryPolicy,
  moment: VerdictMoment,
): Conclusion {
  const { now, sentAt } = moment;
  const tried: Tried = { status: "verdict", detail: verdict.is };
  const progress = (count: bigint, unlocked: boolean): Progress => ({ count, unlocked, at: sentAt });
  switch (verdict.is) {
    case "unlocked": {
      const announce = journal.wasLocked ? { announce: true } : {};
      return { end: { type: "settled", how: "verdict", progress: progress(verdict.count, true), ...announce }, tried };
    }
    case "applied":
      return { end: { type: "settled", how: "verdict", progress: progress(verdict.count, !journal.wasLocked) }, tried };
    case "unchanged": {
      const { failedReads: _, ...answered } = journal;
      const again: Journal = { ...answered, unchangedReads: journal.unchangedReads + 1 };
      return { end: { type: "in-doubt", journal: again, dueAt: now + policy.quietPeriodMs / 2 }, tried };
    }
    case "not-applied": {
      const known = progress(verdict.count, !journal.wasLocked);
      return {
        end: { type: "released", reason: "no-answer", notBefore: now, failedAttempt: true, progress: known },
        tried,
      };
    }
    case "unreadable":
      return { ...stillInDoubt(journal, policy, moment), tried };
    case "reset":
    case "foreign":
      return { end: foreignEnd(verdict, policy, now, progress(verdict.count, false)), tried };
  }
}

/** Reads that fail back off as writes do, by their number since one was answered; what refuses the whole app is none. */
function stillInDoubt(journal: Journal, policy: DeliveryPolicy, moment: VerdictMoment): Conclusion {
  const { now, chance, afterMs = 0, appWide = false } = moment;
  if (now - (journal.inDoubtSince ?? now) > policy.maxAgeMs) {
    return { end: { type: "dead", reason: "never-resolved", maybeApplied: true, forgetProgress: true } };
  }
  const { failedReads = 0 } = journal;
  const wait = fullJitter(failedReads, { baseMs: policy.backoffMs, capMs: policy.maxBackoffMs }, chance);
  const next = appWide ? journal : { ...journal, failedReads: failedReads + 1 };
  return { end: { type: "in-doubt", journal: next, dueAt: now + Math.max(afterMs, wait, policy.backoffMs) } };
}

function foreignEnd(
  verdict: Extract<Verdict, { is: "reset" | "foreign" }>,
  policy: DeliveryPolicy,
  now: number,
  progress: Progress,
): LaneEnd {
  const reason: Reason = verdict.is === "reset" ? "reset-seen" : "foreign-writer";
  const epoch = verdict.is === "reset" ? { newEpoch: true } : {};
  switch (policy.onForeignWriter) {
    case "assume-applied":
      return { type: "settled", how: "verdict", progress, ...epoch };
    case "send-again":
      return { type: "released", reason, notBefore: now, failedAttempt: true, progress, ...epoch };
    case "dead-letter":
      return { type: "dead", reason, maybeApplied: true, progress, ...epoch };
  }
}
