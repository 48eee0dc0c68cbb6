import type { AchievementValue, ScoreValue } from "../intent/lane-value.ts";
import type { Outcome } from "../intent/outcome.ts";
import { chooseScore } from "../intent/score-choice.ts";
import { soon } from "../runtime/soon.ts";
import type { Progress } from "../store/lane-records.ts";
import type { Journal, LeasedLane, Staging } from "../store/lane-store.ts";
import { momentOf } from "./attempt-parts.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import { concludeFailure, giveBack, progressAfter } from "./conclude.ts";
import type { Conclusion } from "./conclude.ts";
import { nextTurn, underPermit } from "./platform-gate.ts";
import type { Unread, Write } from "./platform.ts";
import type { Prepared } from "./progress-book.ts";
import { resolveDoubt } from "./resolve-doubt.ts";

/**
 * One try at one leased lane, from its value to the way its lease ends:
 * prepare (what the platform has) → stage (journal durable) → send → conclude. A lane in doubt sends nothing: it reads.
 * Resolves with undefined where the lease was lost, so that somebody else owns the lane now.
 */
export async function attempt(lane: LeasedLane, parts: AttemptParts): Promise<Conclusion | undefined> {
  if (lane.journal !== undefined) return resolveDoubt(lane, lane.journal, parts);
  // The app was paused while the store was leasing.
  if (parts.governor.held !== undefined && !parts.governor.isFree) return unsent(parts);
  return lane.value.type === "score" ? sendScore(lane, lane.value, parts) : sendAchievement(lane, lane.value, parts);
}

async function sendAchievement(
  lane: LeasedLane,
  value: AchievementValue,
  parts: AttemptParts,
): Promise<Conclusion | undefined> {
  const preparedAt = parts.clock.now();
  const prepared = await parts.book.prepare(lane, value, parts.platform.definitions());
  if (prepared.status === "archived")
    return { end: { type: "dead", reason: "archived", maybeApplied: lane.sentWhileLocked } };
  if (prepared.status === "wait") return waitForProgress(lane, prepared, parts);
  const { progress, reset } = prepared;
  if (reset === "seen") parts.onReset(lane.key.user, lane.key.target.name);
  if (progress.unlocked && !value.keepsCounting) {
    const announce = lane.sentWhileLocked ? { announce: true } : {};
    return { end: { type: "settled", how: "suppressed", progress, ...announce } };
  }
  // Unanswered bits have waited out their quiet period: whether they unlocked it is known now, and only now.
  const unsure = lane.sentWhileLocked && !value.unlock;
  if (unsure) {
    const unlockedBefore = await whetherUnlocked(lane, progress, parts);
    if (unlockedBefore !== "locked") return unlockedBefore;
  }
  const journal: Journal = {
    n: value.count,
    count: progress.count,
    wasLocked: !progress.unlocked,
    epoch: lane.epoch + (reset === false ? 0 : 1),
    unchangedReads: 0,
  };
  const staging: Staging = { lane: lane.id, leaseToken: lane.leaseToken, journal, progress };
  const late = parts.sabotage === "stage-after-send";
  if (!late && !(await parts.stage(staging))) return undefined;
  const { user, target } = lane.key;
  const write = { type: "achievement", user, name: target.name, value, notAfter: deadline(parts) } as const;
  const outcome = await send(lane, write, parts, () => !parts.book.isForgotten(user, preparedAt));
  if (outcome === "unsent") return unsent(parts);
  if (late && !(await parts.stage(staging))) return undefined;
  if (outcome.status !== "delivered") return concludeFailure(lane, outcome, journal, parts.policy, momentOf(parts));
  const justUnlocked = outcome.facts.justUnlocked === true;
  // The emulator may have told that its world is another one with this very answer: then the journal is of the earlier one.
  const known = parts.book.isEarlierWorld(preparedAt) ? preparedAt : parts.clock.now();
  const after = progressAfter(journal, value, justUnlocked, known);
  const ours = after.unlocked && ((journal.wasLocked && justUnlocked) || lane.sentWhileLocked);
  return {
    end: { type: "settled", how: "delivered", progress: after, ...(ours ? { announce: true } : {}) },
    tried: { status: "delivered" },
    epoch: journal.epoch,
  };
}

/** What became of unanswered bits: they unlocked it, it is still locked, or it could not be read. */
async function whetherUnlocked(
  lane: LeasedLane,
  progress: Progress,
  parts: AttemptParts,
): Promise<Conclusion | "locked"> {
  const reading = await parts.book.readOne(lane.key.user, lane.key.target.name);
  if (reading.status === "unread") return unread(lane, reading, parts);
  if (reading.status === "absent" || !reading.row.unlocked) return "locked";
  const known: Progress = { count: reading.row.count ?? progress.count, unlocked: true, at: reading.sentAt };
  const tried = { status: "verdict", detail: "unlocked" } as const;
  return { end: { type: "settled", how: "verdict", progress: known, announce: true }, tried };
}

async function sendScore(lane: LeasedLane, value: ScoreValue, parts: AttemptParts): Promise<Conclusion | undefined> {
  const { user, target } = lane.key;
  const board = parts.platform.definitions().board(target.name);
  if (board.writes === "client" && !(await parts.platform.hasToken(user))) {
    parts.onTokenWanted(user, "missing");
    return { end: { type: "parked" } };
  }
  // So that the next process knows that it may be on its way: landing late, it must not undo a newer, forced one.
  const journal: Journal = { n: 0n, count: 0n, wasLocked: false, epoch: lane.epoch, unchangedReads: 0 };
  if (!(await parts.stage({ lane: lane.id, leaseToken: lane.leaseToken, journal }))) return undefined;
  const entry = chooseScore(value, board.sort);
  const { writes } = board;
  const outcome = await send(
    lane,
    { type: "score", user, name: target.name, entry, forced: value.forced, writes, notAfter: deadline(parts) },
    parts,
  );
  if (outcome === "unsent") return unsent(parts);
  if (outcome.status !== "delivered") {
    if (outcome.status === "rejected" && outcome.reason === "user-token") parts.onTokenWanted(user, "refused");
    return concludeFailure(lane, outcome, undefined, parts.policy, momentOf(parts));
  }
  const improved = outcome.facts.improved ?? "unknown";
  return {
    end: { type: "settled", how: "delivered" },
    improved: improved === false && lane.sentWhileLocked ? "unknown" : improved,
    score: entry.score,
    tried: { status: "delivered" },
  };
}

function waitForProgress(
  lane: LeasedLane,
  prepared: Extract<Prepared, { status: "wait" }>,
  parts: AttemptParts,
): Conclusion {
  if (prepared.failed !== undefined) return unread(lane, prepared.failed, parts);
  const notBefore = prepared.notBefore ?? parts.clock.now();
  return { end: { type: "released", reason: prepared.reason, notBefore, failedAttempt: false } };
}

function unread(lane: LeasedLane, failed: Unread, parts: AttemptParts): Conclusion {
  const { reason, detail, unsentUntil } = failed;
  const words = detail === undefined ? {} : { detail };
  if (failed.noSuchUser === true) {
    const tried = { status: "rejected", reason, ...words } as const;
    return { end: { type: "dead", reason, ...words, maybeApplied: lane.sentWhileLocked }, tried };
  }
  if (unsentUntil === undefined) return giveBack(lane, parts.policy, momentOf(parts), failed);
  const end = { type: "released", reason, notBefore: unsentUntil, failedAttempt: false } as const;
  // Another lane's read was told why; this one has no words of its own yet.
  const isNews = detail !== undefined && lane.attempts === 0;
  return { end, ...(isNews && { tried: { status: "retryable", reason, detail } }) };
}

/** Nothing left, so the journal says nothing: the lane waits with its value, and no try is counted. */
function unsent({ governor, clock }: AttemptParts): Conclusion {
  const { reason, until } = nextTurn(governor, clock.now());
  return { end: { type: "released", reason, notBefore: until, failedAttempt: false } };
}

/** Sends under a permit; `unsent` where there is none to be had, none in time, or what it stands on holds no longer. */
async function send(
  lane: LeasedLane,
  write: Write,
  parts: AttemptParts,
  stillHolds: () => boolean = () => true,
): Promise<Outcome | "unsent"> {
  const { governor, counters, probe, clock } = parts;
  const outcome = await underPermit(governor, { kind: "write", asked: lane.id }, () => {
    if (clock.monotonic() > write.notAfter || !stillHolds()) return undefined;
    counters.attemptsStarted += 1;
    const answer = parts.platform.deliver(write, parts.signal);
    if (probe !== undefined) soon(() => probe("request:written"));
    return answer;
  });
  if (outcome === undefined) return "unsent";
  probe?.("answer:received");
  counters.attemptsFinished += 1;
  if (outcome.status === "ambiguous") counters.ambiguous += 1;
  return outcome;
}

const deadline = (parts: AttemptParts): number => parts.clock.monotonic() + parts.policy.leaseMs;
