import type { AchievementValue, ScoreValue } from "../intent/lane-value.ts";
import { chooseScore } from "../intent/score-choice.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Random } from "../runtime/random.ts";
import type { Journal, LeasedLane, Progress, Staging } from "../store/lane-store.ts";
import { concludeFailure, concludeVerdict, giveBack, progressAfter } from "./conclude.ts";
import type { Conclusion, Moment } from "./conclude.ts";
import type { Counters } from "./counters.ts";
import type { Platform, Write } from "./platform.ts";
import type { DeliveryPolicy } from "./policy.ts";
import type { Prepared, ProgressBook } from "./progress-book.ts";
import { judge } from "./verdict.ts";

/** What an attempt works with. */
export interface AttemptParts {
  readonly platform: Platform;
  readonly book: ProgressBook;
  readonly stage: (staging: Staging) => Promise<boolean>;
  readonly policy: DeliveryPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly signal: AbortSignal;
  /** An answer of the whole app: refused, slowed down, or good again. */
  readonly onAnswer: (answer: { ok: boolean; appWide?: { reason: string; afterMs?: number } }) => void;
  readonly onTokenWanted: (user: string, reason: "refused" | "missing") => void;
  /** Mutation for the proof that a test of the guarantee can fail: skips the verdict and sends again. */
  readonly resendWithoutReadback: boolean;
}

/**
 * One try at one leased lane, from its value to the way its lease ends:
 * prepare (what the platform has) → stage (journal durable) → send → conclude. A lane in doubt sends nothing: it reads.
 * Resolves with undefined where the lease was lost, so that somebody else owns the lane now.
 */
export async function attempt(lane: LeasedLane, parts: AttemptParts): Promise<Conclusion | undefined> {
  if (lane.journal !== undefined) return resolveDoubt(lane, lane.journal, parts);
  return lane.value.type === "score" ? sendScore(lane, lane.value, parts) : sendAchievement(lane, lane.value, parts);
}

const moment = (parts: AttemptParts): Moment => ({ now: parts.clock.now(), chance: parts.random.next() });

async function sendAchievement(
  lane: LeasedLane,
  value: AchievementValue,
  parts: AttemptParts,
): Promise<Conclusion | undefined> {
  const prepared = await parts.book.prepare(lane, value);
  if (prepared.status === "archived") return { end: { type: "dead", reason: "archived", maybeApplied: false } };
  if (prepared.status === "wait") return waitForProgress(lane, prepared, parts);
  const { progress } = prepared;
  if (progress.unlocked && !value.keepsCounting) {
    return { end: { type: "settled", how: "suppressed", progress }, unlocked: lane.sentWhileLocked };
  }
  const journal: Journal = {
    n: value.count,
    count: progress.count,
    wasLocked: !progress.unlocked,
    epoch: lane.epoch,
    unchangedReads: 0,
  };
  if (!(await parts.stage({ lane: lane.id, leaseToken: lane.leaseToken, journal, progress }))) return undefined;
  const write: Write = {
    type: "achievement",
    user: lane.key.user,
    name: lane.key.target.name,
    value,
    notAfter: deadline(parts),
  };
  const outcome = await send(write, parts);
  if (outcome.status !== "delivered") return concludeFailure(lane, outcome, journal, parts.policy, moment(parts));
  return delivered(lane, value, journal, outcome.facts.justUnlocked === true, parts);
}

/** An earlier try of the same bits may have done what this answer no longer claims: the platform is asked. */
async function delivered(
  lane: LeasedLane,
  value: AchievementValue,
  journal: Journal,
  justUnlocked: boolean,
  parts: AttemptParts,
): Promise<Conclusion> {
  const now = parts.clock.now();
  const after = progressAfter(journal, value, justUnlocked, now);
  if (!lane.sentWhileLocked || justUnlocked || value.unlock) {
    const ours = journal.wasLocked && after.unlocked && (justUnlocked || lane.sentWhileLocked);
    return { end: { type: "settled", how: "delivered", progress: after }, unlocked: ours };
  }
  const reading = await parts.book.readOne(lane.key.user, lane.key.target.name);
  if (reading.status === "unread")
    return giveBack(lane, parts.policy, moment(parts), { ...reading, maybeApplied: true });
  const unlocked = reading.status === "row" && reading.row.unlocked;
  const progress: Progress = { ...after, unlocked, at: reading.sentAt };
  return { end: { type: "settled", how: "delivered", progress }, unlocked: unlocked && journal.wasLocked };
}

async function sendScore(lane: LeasedLane, value: ScoreValue, parts: AttemptParts): Promise<Conclusion | undefined> {
  const board = (await parts.platform.definitions()).board(lane.key.target.name);
  const user = lane.key.user;
  if (board.writes === "client" && !parts.platform.hasToken(user)) {
    parts.onTokenWanted(user, "missing");
    return { end: { type: "parked" } };
  }
  if (value.forced) {
    const journal: Journal = { n: 0n, count: 0n, wasLocked: false, epoch: lane.epoch, unchangedReads: 0 };
    if (!(await parts.stage({ lane: lane.id, leaseToken: lane.leaseToken, journal }))) return undefined;
  }
  const entry = chooseScore(value, board.sort);
  const outcome = await send(
    {
      type: "score",
      user,
      name: lane.key.target.name,
      entry,
      forced: value.forced,
      writes: board.writes,
      notAfter: deadline(parts),
    },
    parts,
  );
  if (outcome.status !== "delivered") {
    if (outcome.status === "rejected" && outcome.reason === "user-token") parts.onTokenWanted(user, "refused");
    return concludeFailure(lane, outcome, undefined, parts.policy, moment(parts));
  }
  const improved = outcome.facts.improved === true ? true : lane.sentWhileLocked ? "unknown" : false;
  return { end: { type: "settled", how: "delivered" }, improved, score: entry.score };
}

async function resolveDoubt(lane: LeasedLane, journal: Journal, parts: AttemptParts): Promise<Conclusion> {
  if (parts.resendWithoutReadback) {
    return { end: { type: "released", reason: "no-answer", notBefore: parts.clock.now(), failedAttempt: true } };
  }
  const name = lane.key.target.name;
  const definitions = await parts.platform.definitions();
  const reading = await parts.book.readOne(lane.key.user, name);
  if (reading.status === "unread") reportAnswer(reading, parts);
  else parts.onAnswer({ ok: true });
  const keepsCounting = lane.value.type === "achievement" && lane.value.keepsCounting;
  const verdict = judge(journal, reading, {
    archived: definitions.achievement(name)?.archived === true,
    keepsCounting,
  });
  count(verdict.is, lane, parts);
  const sentAt = reading.status === "unread" ? parts.clock.now() : reading.sentAt;
  return concludeVerdict(lane, journal, verdict, parts.policy, { ...moment(parts), sentAt });
}

function count(verdict: ReturnType<typeof judge>["is"], lane: LeasedLane, parts: AttemptParts): void {
  if (verdict === "applied" || verdict === "unlocked") parts.counters.verdictsApplied += 1;
  else if (verdict === "not-applied") parts.counters.verdictsNotApplied += 1;
  else if (verdict === "foreign" || verdict === "reset") {
    parts.counters.verdictsForeign += 1;
    const { user, target } = lane.key;
    parts.logger.warn(
      { user, achievement: target.name, verdict, policy: parts.policy.onForeignWriter },
      "Somebody else changed a count that was in doubt; the policy decides.",
    );
  }
}

function waitForProgress(
  lane: LeasedLane,
  prepared: Extract<Prepared, { status: "wait" }>,
  parts: AttemptParts,
): Conclusion {
  if (prepared.failed !== undefined) {
    reportAnswer(prepared.failed, parts);
    const { reason, afterMs, appWide } = prepared.failed;
    return giveBack(lane, parts.policy, moment(parts), {
      reason,
      ...(afterMs === undefined ? {} : { afterMs }),
      ...(appWide === undefined ? {} : { appWide }),
    });
  }
  const notBefore = prepared.notBefore ?? parts.clock.now();
  return { end: { type: "released", reason: prepared.reason, notBefore, failedAttempt: false } };
}

async function send(write: Write, parts: AttemptParts): ReturnType<Platform["deliver"]> {
  parts.counters.attemptsStarted += 1;
  const outcome = await parts.platform.deliver(write, parts.signal);
  parts.counters.attemptsFinished += 1;
  if (outcome.status === "ambiguous") parts.counters.ambiguous += 1;
  reportAnswer(outcome, parts);
  return outcome;
}

function reportAnswer(
  answer: { readonly status: string; readonly reason?: string; readonly afterMs?: number; readonly appWide?: boolean },
  parts: AttemptParts,
): void {
  if (answer.appWide === true) {
    const wait = answer.afterMs === undefined ? {} : { afterMs: answer.afterMs };
    parts.onAnswer({ ok: false, appWide: { reason: answer.reason ?? "platform-unavailable", ...wait } });
  } else if (answer.status === "delivered" || answer.status === "rejected") parts.onAnswer({ ok: true });
  else parts.onAnswer({ ok: false });
}

const deadline = (parts: AttemptParts): number => parts.clock.monotonic() + parts.policy.leaseMs;
