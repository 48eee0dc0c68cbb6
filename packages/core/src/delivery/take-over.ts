import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { OrphanedSockets } from "../runtime/orphaned-sockets.ts";
import type { Random } from "../runtime/random.ts";
import type { TakenOver } from "../store/lane-records.ts";
import type { LaneStore } from "../store/lane-store.ts";
import type { DeliveryPolicy } from "./policy.ts";
import type { StoreWait } from "./store-wait.ts";

const BETWEEN_LOOKS_MS = 1_000;

export interface TakeOverParts {
  readonly store: LaneStore;
  readonly wait: StoreWait;
  readonly clock: Clock;
  readonly random: Random;
  readonly policy: DeliveryPolicy;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly orphans?: (() => OrphanedSockets) | undefined;
  /** What was taken over may be due sooner. */
  readonly onShortened: () => void;
}

/**
 * Opens the store, as soon as that can be done, and takes over what a dead process left. That could reset none of its sockets, whose bytes its kernel
 * sends for up to two minutes: so what it may have sent waits `takeoverQuietMs`, unless the same kernel shows that nothing
 * of it is left.
 */
export async function takeOver(parts: TakeOverParts): Promise<TakenOver> {
  const { store, wait, clock, random, policy, logger, orphans } = parts;
  const quietMs = Math.max(policy.quietPeriodMs, policy.takeoverQuietMs);
  const kernel = orphans?.().kernel;
  const opening = { incarnation: random.hex(8), quietMs, kernel, poisonAfter: policy.poisonAfter };
  const taken = await wait.open(() => store.open({ ...opening, now: clock.now() }));
  const { released, inDoubt, poisoned } = taken;
  if (released + inDoubt > 0) {
    logger.info({ released, inDoubt, quietMs }, "Took over what an earlier process had begun to send.");
  }
  if (poisoned > 0) {
    const message =
      "Results whose attempts kept dying with their process were taken out; they are kept as dead letters.";
    logger.error({ poisoned }, message);
  }
  if (released + inDoubt + poisoned > 0 && kernel !== undefined && kernel === taken.kernel) void shorten(parts);
  return taken;
}

async function shorten(parts: TakeOverParts): Promise<void> {
  const { store, clock, policy, logger, signal, orphans, onShortened } = parts;
  try {
    // One look proves nothing: the dead process's sockets may close after its locks, and the table is no snapshot.
    if (orphans?.().lingering !== false) return;
    await sleep(clock, BETWEEN_LOOKS_MS, signal);
    if (orphans().lingering) return;
    if ((await store.shortenQuiet(policy.quietPeriodMs)) > 0) onShortened();
  } catch (error) {
    if (!signal.aborted) logger.warn({ error: String(error) }, "What was taken over waits for all of takeoverQuietMs.");
  }
}
