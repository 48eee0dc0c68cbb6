import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { LaneStore } from "../store/lane-store.ts";
import type { StoreTrouble } from "./store-trouble.ts";

const LOOK_EVERY_MS = 60_000;

/**
 * Looks now and then whether the store's file is still where it was opened, which a server without results would not notice.
 * Until `signal` aborts. Never rejects.
 */
export async function watchPlace(parts: {
  readonly store: Pick<LaneStore, "stands">;
  readonly clock: Clock;
  readonly trouble: StoreTrouble;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { store, clock, trouble, signal } = parts;
  while (!signal.aborted) {
    await sleep(clock, LOOK_EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    await store.stands().then(trouble.stands, (error: unknown) => {
      if (!signal.aborted) trouble.displaced(error);
    });
  }
}
