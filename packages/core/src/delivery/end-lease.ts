import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import type { LaneStore, Settlement } from "../store/lane-store.ts";
import type { Beat } from "./beat.ts";
import { gather } from "./gather.ts";
import type { StoreTrouble } from "./store-trouble.ts";

export const RETRY_STORE_MS = 1_000;

/** Ends a lease of seqs up to `toSeq`; false if it was not ours, or `signal` aborted before the store took it. Never rejects. */
export type EndLease = (settlement: Settlement, toSeq: number) => Promise<boolean>;

/**
 * Ends are written together at a beat. One that the store fails to write is kept and tried again until it is taken: its
 * lane would stay leased for as long as this process lives.
 */
export function endLease(parts: {
  readonly store: Pick<LaneStore, "settle" | "ended">;
  readonly beat: Beat;
  readonly clock: Clock;
  readonly trouble: StoreTrouble;
  readonly signal: AbortSignal;
}): EndLease {
  const { store, beat, clock, trouble, signal } = parts;
  const together = gather(beat, (batch: readonly Settlement[]) => store.settle(batch));
  // By itself once it has failed, so that no other end is in its way.
  const alone = async (settlement: Settlement): Promise<boolean> => (await store.settle([settlement]))[0] === true;

  // An end that was written although its writing failed is ours, too: its record says so.
  const wasWritten = async ({ lane }: Settlement, toSeq: number): Promise<boolean> =>
    (await store.ended(lane, toSeq)) !== undefined;

  const persist = async (settlement: Settlement, toSeq: number): Promise<boolean> => {
    for (;;) {
      await sleep(clock, RETRY_STORE_MS, signal).catch(() => undefined);
      if (signal.aborted) return false;
      const again = async (): Promise<boolean> => (await alone(settlement)) || wasWritten(settlement, toSeq);
      const ended = await trouble.hear(again()).catch(() => undefined);
      if (ended !== undefined) return ended;
    }
  };

  return (settlement, toSeq) =>
    trouble.hear(together(settlement)).catch(() => trouble.lasts(persist(settlement, toSeq)));
}
