import { join } from "node:path";
import { sqliteStore } from "@questline/core";
import type { Contestant, Setup } from "../contestant.ts";
import { userId } from "../game.ts";
import { fsyncMicros } from "../measure/fsync.ts";

const BATCH = 64;

/** A count's way through the store alone, in batches of 64: lease, journal (with its fsync), settle. */
export async function start({ folder, quick }: Setup): Promise<Contestant> {
  const lanes = (quick ? 20 : 60) * BATCH;
  const store = sqliteStore(join(folder, "settle.db"));
  await store.open({ incarnation: "bench", now: Date.now(), quietMs: 15_000, poisonAfter: 3 });
  return {
    async round(number) {
      const now = Date.now();
      const value = {
        type: "achievement",
        unlock: false,
        count: 1n,
        bits: 0n,
        bitLength: 0,
        keepsCounting: false,
      } as const;
      const firings = Array.from({ length: lanes }, (_, index) => ({
        key: {
          app: "1",
          user: userId(number * lanes + index),
          target: { type: "achievement", name: "KILLS" } as const,
        },
        value,
        at: now,
        dueAt: now,
      }));
      await store.accept(firings.map((firing) => [firing]));
      const spent = { lease: 0, stage: 0, settle: 0 };
      const timed = async <T>(step: keyof typeof spent, work: Promise<T>): Promise<T> => {
        const started = performance.now();
        const result = await work;
        spent[step] += performance.now() - started;
        return result;
      };
      for (;;) {
        const leased = await timed("lease", store.lease(BATCH, now));
        if (leased.length === 0) break;
        const progress = { count: 0n, unlocked: false, at: now };
        const journal = { n: 1n, count: 0n, wasLocked: true, epoch: 0, unchangedReads: 0 };
        const lease = leased.map(({ id, leaseToken }) => ({ lane: id, leaseToken }));
        await timed("stage", store.stage(lease.map((held) => ({ ...held, journal, progress }))));
        const end = { type: "settled", how: "delivered", progress: { count: 1n, unlocked: false, at: now } } as const;
        await timed("settle", store.settle(lease.map((held) => ({ ...held, now, end }))));
      }
      const micros = (ms: number): number => (ms * 1000) / lanes;
      return {
        lease: micros(spent.lease),
        stage: micros(spent.stage),
        settle: micros(spent.settle),
        journalAndSettle: micros(spent.stage + spent.settle),
        fsync: fsyncMicros(folder),
      };
    },
    close: () => store.close(),
  };
}
