import type { Delivery } from "./delivery/outbox.ts";
import type { DeliveryPolicy } from "./delivery/policy.ts";
import { isGraphError } from "./errors/graph-error.ts";
import { QuestlineError } from "./errors/questline-error.ts";
import type { GraphCalls } from "./graph/graph-client.ts";
import { asUserId } from "./ids/ids.ts";
import type { ProgressHold, ProgressHolds } from "./progress-holds.ts";
import type { Logger } from "./runtime/log.ts";
import { errorText } from "./secrets/error-text.ts";

export interface ProgressChangeParts {
  readonly app: string;
  readonly ready: Promise<void>;
  readonly outbox: Pick<Delivery, "forgetProgress">;
  readonly policy: DeliveryPolicy;
  readonly logger: Logger;
  readonly holds: ProgressHolds;
}

/**
 * The platform's calls, where those that change a player's achievements begin a new epoch: what was known of that player
 * is forgotten, durably, before the call is sent and again at its end. Meanwhile nothing of that player's achievements
 * leaves, nor after a lost answer, until the change has come or never will.
 */
export function markProgressChanges(calls: GraphCalls, parts: ProgressChangeParts): GraphCalls {
  const { app, ready, outbox, policy, logger, holds } = parts;
  const { quietPeriodMs, takeoverQuietMs } = policy;

  const markBefore = async (userId: string, what: string): Promise<ProgressHold> => {
    // Were this process killed, the call could land for as long; the mark at its end replaces this one.
    const hold = holds.begin(userId, Math.max(quietPeriodMs, takeoverQuietMs));
    try {
      await ready;
      await outbox.forgetProgress(app, userId, holds.left(userId));
      return hold;
    } catch (cause) {
      hold.end(0);
      const message = `${what} was not sent: that it changes this player's progress could not be written down (${String(cause)}).`;
      throw new QuestlineError("store_unusable", message, { cause });
    }
  };
  const markAfter = async (userId: string, what: string): Promise<void> => {
    try {
      await outbox.forgetProgress(app, userId, holds.left(userId));
    } catch (error) {
      const message = `That ${what} has ended could not be written down; this player's achievements wait for up to two minutes.`;
      logger.warn({ user: userId, error: errorText(error) }, message);
    }
  };
  const marked = async <Answer>(userId: string, what: string, call: () => Promise<Answer>): Promise<Answer> => {
    if (asUserId(userId) === undefined) return call();
    const hold = await markBefore(userId, what);
    let heldForMs = 0;
    try {
      return await call();
    } catch (error) {
      if (!isGraphError(error) || error.applied !== "no") heldForMs = quietPeriodMs;
      throw error;
    } finally {
      hold.end(heldForMs);
      await markAfter(userId, what);
    }
  };

  const { achievements } = calls;
  return {
    ...calls,
    achievements: {
      ...achievements,
      write: (write, options) => marked(write?.userId, "achievements.write", () => achievements.write(write, options)),
      removeAll: (userId, options) =>
        marked(userId, "achievements.removeAll", () => achievements.removeAll(userId, options)),
    },
  };
}
