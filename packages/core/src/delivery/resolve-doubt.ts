import type { RowReading, Unread } from "./platform.ts";
import type { Journal, LeasedLane } from "../store/lane-store.ts";
import { momentOf } from "./attempt-parts.ts";
import type { AttemptParts } from "./attempt-parts.ts";
import { concludeVerdict } from "./conclude.ts";
import type { Conclusion } from "./conclude.ts";
import { afterReset, judge } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** Seeks the verdict on a count whose send ended ambiguously: reads, judges, sends nothing. */
export async function resolveDoubt(lane: LeasedLane, journal: Journal, parts: AttemptParts): Promise<Conclusion> {
  const { sabotage, policy } = parts;
  if (sabotage === "resend-without-readback") {
    return { end: { type: "released", reason: "no-answer", notBefore: parts.clock.now(), failedAttempt: true } };
  }
  const { user, target } = lane.key;
  const startedAt = parts.clock.now();
  const definition = parts.platform.definitions().achievement(target.name);
  const seen = parts.book.lastSeen(user, target.name);
  if (sabotage === "suppress-over-open-journal" && seen?.status === "row" && seen.row.unlocked) {
    return { end: { type: "settled", how: "suppressed" } };
  }
  const reading =
    sabotage === "join-stale-read" && seen !== undefined ? seen : await parts.book.readOne(user, target.name);
  if (reading.status === "unread" && reading.unsentUntil !== undefined) {
    return { end: { type: "in-doubt", journal, dueAt: reading.unsentUntil } };
  }
  const judged = judge(journal, reading, {
    archived: definition?.archived === true,
    target: definition?.target,
    keepsCounting: lane.value.type === "achievement" && lane.value.keepsCounting,
    atLeastForEqual: sabotage === "at-least-for-equal",
  });
  const wasReset = lane.forgetsAtEnd || parts.book.isForgotten(user, startedAt);
  const verdict = wasReset ? afterReset(judged) : judged;
  countVerdict(verdict.is, lane, parts);
  const { afterMs, appWide, detail } = reading.status === "unread" ? reading : ({} as Partial<Unread>);
  return concludeVerdict(lane, journal, verdict, policy, {
    ...momentOf(parts),
    sentAt: sentAt(reading, parts),
    afterMs,
    appWide,
    words: detail,
  });
}

const sentAt = (reading: RowReading, parts: AttemptParts): number =>
  reading.status === "unread" ? parts.clock.now() : reading.sentAt;

function countVerdict(verdict: Verdict["is"], lane: LeasedLane, parts: AttemptParts): void {
  const { counters, logger, policy } = parts;
  if (verdict === "applied" || verdict === "unlocked" || verdict === "frozen") counters.verdictsApplied += 1;
  else if (verdict === "not-applied") counters.verdictsNotApplied += 1;
  else if (verdict === "foreign" || verdict === "reset") {
    counters.verdictsForeign += 1;
    const { user, target } = lane.key;
    logger.warn(
      { user, achievement: target.name, verdict, policy: policy.onForeignWriter },
      "Somebody else changed a count that was in doubt; the policy decides.",
    );
  }
}
