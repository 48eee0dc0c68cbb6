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
  const inTheAir = maybeApplied ? { inTheAirUntil: moment.now + policy.quietPeriodMs } : {};
  // A permission is granted in the dashboard some day: nothing dies of its lack.
  const mayDie = !appWide && reason !== "permission";
  if (mayDie && moment.now - lane.oldestAt > policy.maxAgeMs) {
    const dead = { type: "dead", reason: "too-old", detail: detail ?? reason, maybeApplied: mayHaveLanded } as const;
    return { end: { ...dead, ...inTheAir }, tried };
  }
  const backoff = fullJitter(lane.attempts, { baseMs: policy.backoffMs, capMs: policy.maxBackoffMs }, moment.chance);
  return {
    end: {
      type: "released",
      reason,
      notBefore: moment.now + Math.max(setback.afterMs ?? 0, backoff),
      failedAttempt: !appWide,
      ...inTheAir,
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
): Conclusion {
  if (outcome.status === "retryable") {
    const wasUnlocked = journal !== undefined && !journal.wasLocked && lane.value.type === "achievement";
    return giveBack(lane, policy, moment, { ...outcome, wasUnlocked });
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
  readonly words?: string | undefined;
}

/** The end of a verdict read. */
export function concludeVerdict(
  lane: LeasedLane,
  journal: Journal,
  verdict: Verdict,
  policy: DeliveryPolicy,
  moment: VerdictMoment,
): Conclusion {
  const { now, sentAt, words } = moment;
  const tried: Tried = { status: "verdict", detail: words === undefined ? verdict.is : `${verdict.is}: ${words}` };
  if (verdict.is === "unreadable") return { ...stillInDoubt(journal, policy, moment), tried };
  const { count, unlocked } = verdict;
  const progress: Progress = { count, unlocked, at: sentAt };
  switch (verdict.is) {
    case "unlocked":
    case "applied":
    case "frozen": {
      const announce = announceOf(lane, journal, unlocked);
      return { end: { type: "settled", how: "verdict", progress, ...announce }, tried };
    }
    case "unchanged": {
      const { failedReads: _, ...answered } = journal;
      const again: Journal = { ...answered, unchangedReads: journal.unchangedReads + 1 };
      return { end: { type: "in-doubt", journal: again, dueAt: now + policy.quietPeriodMs / 2 }, tried };
    }
    case "not-applied":
      return { end: notApplied(lane, journal, progress, policy, now), tried };
    case "reset":
    case "foreign":
      return { end: foreignEnd(verdict.is, policy, now, progress, announceOf(lane, journal, unlocked)), tried };
  }
}

/** Whatever the count says: that it is unlocked now and was not before is ours to tell. */
function announceOf(lane: LeasedLane, journal: Journal, unlocked: boolean): { readonly announce?: true } {
  return unlocked && (journal.wasLocked || lane.sentWhileLocked) ? { announce: true } : {};
}

/** To be sent again, unless its attempts kept killing their process. */
function notApplied(
  lane: LeasedLane,
  journal: Journal,
  progress: Progress,
  policy: DeliveryPolicy,
  now: number,
): LaneEnd {
  if (lane.lostLeases >= policy.poisonAfter) {
    const detail = `The process ended ${lane.lostLeases} times in a row while this was being sent.`;
    return { type: "dead", reason: "poison", detail, maybeApplied: false, progress };
  }
  // An unlock without the count: by an earlier request of ours, or on a platform that counts no further once unlocked.
  const ours = progress.unlocked && journal.wasLocked ? { sentWhileLocked: true } : {};
  return { type: "released", reason: "no-answer", notBefore: now, failedAttempt: true, progress, ...ours };
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
  verdict: "reset" | "foreign",
  policy: DeliveryPolicy,
  now: number,
  progress: Progress,
  announce: { readonly announce?: true },
): LaneEnd {
  const reason: Reason = verdict === "reset" ? "reset-seen" : "foreign-writer";
  const epoch = verdict === "reset" ? { newEpoch: true } : {};
  switch (policy.onForeignWriter) {
    case "assume-applied":
      return { type: "settled", how: "verdict", progress, ...epoch, ...announce };
    case "send-again":
      return {
        type: "released",
        reason,
        notBefore: now,
        failedAttempt: true,
        progress,
        ...epoch,
        ...(announce.announce === true && { sentWhileLocked: true }),
      };
    case "dead-letter":
      return { type: "dead", reason, maybeApplied: true, progress, ...epoch, ...announce };
  }
}
