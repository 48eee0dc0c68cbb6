import type { LaneValue } from "../intent/lane-value.ts";
import { accumulates } from "../intent/lane-value.ts";
import type { Outcome, Reason } from "../intent/outcome.ts";
import { fullJitter } from "../resilience/backoff.ts";
import type { Journal, LaneEnd, LeasedLane, Progress } from "../store/lane-store.ts";
import type { DeliveryPolicy } from "./policy.ts";
import type { Verdict } from "./verdict.ts";

/** How a lease ends, and what players should hear of it. */
export interface Conclusion {
  readonly end: LaneEnd;
  /** Ours: this send, or an earlier one of the same value, unlocked the achievement. */
  readonly unlocked?: boolean;
  readonly improved?: boolean | "unknown";
  readonly score?: bigint;
}

/** The instant and the one random number in [0, 1) that a decision may use. */
export interface Moment {
  readonly now: number;
  readonly chance: number;
}

/** What a delivered write leaves as the lane's progress. */
export function progressAfter(journal: Journal, value: LaneValue, justUnlocked: boolean, now: number): Progress {
  const forced = value.type === "achievement" && value.unlock;
  return { count: journal.count + journal.n, unlocked: !journal.wasLocked || justUnlocked || forced, at: now };
}

/** Gives a value back, or gives it up once it is too old. Age decides, never the number of attempts. */
export function giveBack(
  lane: LeasedLane,
  policy: DeliveryPolicy,
  moment: Moment,
  refusal: { reason: Reason; afterMs?: number; appWide?: boolean; maybeApplied?: boolean; progress?: Progress },
): Conclusion {
  const { reason, appWide = false, maybeApplied = false } = refusal;
  if (!appWide && moment.now - lane.oldestAt > policy.maxAgeMs) {
    return { end: { type: "dead", reason: "too-old", detail: reason, maybeApplied } };
  }
  const backoff = fullJitter(lane.attempts, { baseMs: policy.backoffMs, capMs: policy.maxBackoffMs }, moment.chance);
  const forcedScore = lane.value.type === "score" && lane.value.forced;
  const quiet = maybeApplied && forcedScore ? policy.quietPeriodMs : 0;
  return {
    end: {
      type: "released",
      reason,
      notBefore: moment.now + Math.max(refusal.afterMs ?? 0, backoff, quiet),
      failedAttempt: !appWide,
      ...(maybeApplied || lane.sentWhileLocked ? { sentWhileLocked: true } : {}),
      ...(refusal.progress === undefined ? {} : { progress: refusal.progress }),
    },
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
  if (outcome.status === "retryable") return giveBack(lane, policy, moment, outcome);
  if (outcome.status === "ambiguous") {
    if (journal === undefined || !accumulates(lane.value))
      throw new TypeError("Only a journalled count can be in doubt.");
    const doubt: Journal = { ...journal, unchangedReads: 0, inDoubtSince: moment.now };
    return { end: { type: "in-doubt", journal: doubt, dueAt: moment.now + policy.quietPeriodMs } };
  }
  if (outcome.reason === "user-token") return { end: { type: "parked" } };
  const detail = outcome.detail === undefined ? {} : { detail: outcome.detail };
  return { end: { type: "dead", reason: outcome.reason, ...detail, maybeApplied: false } };
}

/** The end of a verdict read. */
export function concludeVerdict(
  lane: LeasedLane,
  journal: Journal,
  verdict: Verdict,
  policy: DeliveryPolicy,
  moment: Moment & { readonly sentAt: number },
): Conclusion {
  const { now, sentAt } = moment;
  const since = journal.inDoubtSince ?? now;
  switch (verdict.is) {
    case "unlocked":
      return {
        end: { type: "settled", how: "verdict", progress: { count: verdict.count, unlocked: true, at: sentAt } },
        unlocked: journal.wasLocked,
      };
    case "applied":
      return {
        end: {
          type: "settled",
          how: "verdict",
          progress: { count: verdict.count, unlocked: !journal.wasLocked, at: sentAt },
        },
      };
    case "unchanged":
      return {
        end: { type: "in-doubt", journal: { ...journal, unchangedReads: 1 }, dueAt: now + policy.quietPeriodMs / 2 },
      };
    case "not-applied":
      return {
        end: {
          type: "released",
          reason: "no-answer",
          notBefore: now,
          failedAttempt: true,
          progress: { count: verdict.count, unlocked: !journal.wasLocked, at: sentAt },
        },
      };
    case "unreadable": {
      if (now - since > policy.maxAgeMs) {
        return { end: { type: "dead", reason: "never-resolved", maybeApplied: true, forgetProgress: true } };
      }
      const wait = fullJitter(
        lane.attempts + 1,
        { baseMs: policy.backoffMs, capMs: policy.maxBackoffMs },
        moment.chance,
      );
      return { end: { type: "in-doubt", journal, dueAt: now + Math.max(wait, policy.backoffMs) } };
    }
    case "reset":
    case "foreign":
      return concludeForeign(verdict, policy, now, sentAt);
  }
}

function concludeForeign(
  verdict: Extract<Verdict, { is: "reset" | "foreign" }>,
  policy: DeliveryPolicy,
  now: number,
  sentAt: number,
): Conclusion {
  const reason: Reason = verdict.is === "reset" ? "reset-seen" : "foreign-writer";
  const progress: Progress = { count: verdict.count, unlocked: false, at: sentAt };
  switch (policy.onForeignWriter) {
    case "assume-applied":
      return { end: { type: "settled", how: "verdict", progress } };
    case "send-again":
      return { end: { type: "released", reason, notBefore: now, failedAttempt: true, progress } };
    case "dead-letter":
      return { end: { type: "dead", reason, maybeApplied: true, progress } };
  }
}
