import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import { errorText } from "../secrets/error-text.ts";
import type { ExpiredLane } from "../store/lane-records.ts";
import type { LaneStore } from "../store/lane-store.ts";
import type { DeliveryPolicy } from "./policy.ts";

const LONGEST_MS = 10 * 60 * 1000;
const SHORTEST_MS = 1_000;
const BETWEEN_PURGES_MS = 250;

/** Drops what is past the retention, idle lanes among it, and expires parked lanes, now and then, until `signal` aborts. Never rejects. */
export async function keepHouse(parts: {
  readonly store: LaneStore;
  readonly clock: Clock;
  readonly policy: DeliveryPolicy;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly onExpired: (expired: ExpiredLane) => void;
}): Promise<void> {
  const { store, clock, policy, logger, signal } = parts;
  const every = Math.max(SHORTEST_MS, Math.min(LONGEST_MS, policy.maxAgeMs / 4, policy.retentionMs / 4));
  while (!signal.aborted) {
    try {
      const now = clock.now();
      for (const expired of await store.expireParked(now - policy.maxAgeMs, now)) parts.onExpired(expired);
      // Idle lanes go some at a time, so that nobody waits for long behind them.
      while ((await store.purge(now - policy.retentionMs)) > 0) await sleep(clock, BETWEEN_PURGES_MS, signal);
    } catch (error) {
      if (!signal.aborted)
        logger.error({ error: errorText(error) }, "What is past its time could not be dropped; trying again.");
    }
    await sleep(clock, every, signal).catch(() => undefined);
  }
}
