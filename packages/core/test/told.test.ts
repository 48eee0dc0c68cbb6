import { expect, test } from "vitest";
import { deadLetters } from "../src/dead-letters.ts";
import { SettleWaiters } from "../src/delivery/settle-waiters.ts";
import type { Intent } from "../src/intent/intent.ts";
import { receiptRecords } from "../src/receipt-records.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { settledOutcome } from "../src/settled-outcome.ts";
import type { LaneEnd, LaneStore } from "../src/store/lane-store.ts";
import { memoryStore } from "../src/store/memory-store.ts";
import {
  acceptOne,
  APP,
  best,
  count,
  delivered,
  firing,
  forced,
  HOUR,
  key,
  leaseAndEnd,
  openAs,
  refused,
  T0,
  USER,
} from "./store/lane-steps.ts";

const once = { match: "m", event: "e", occurrence: "", rule: "r" };
const of = { app: APP, user: USER };

async function opened(): Promise<LaneStore> {
  const store = memoryStore();
  await openAs(store, "first");
  return store;
}

/** A store in which this intent has died. */
async function withDead(intent: Intent, end: LaneEnd = refused): Promise<LaneStore> {
  const store = await opened();
  await acceptOne(store, firing(intent, { once }));
  await leaseAndEnd(store, end);
  return store;
}

test("the receipt of a dead result that was requeued says what became of it in the end", async () => {
  const store = await withDead(best(9n));
  const status = async () => (await receiptRecords(store, of)).map((record) => [record.status, record.attempts]);
  expect(await status()).toEqual([["dead", 1]]);
  await store.requeue(1, T0);
  expect(await status()).toEqual([["waiting", 0]]);
  await leaseAndEnd(store, delivered);
  expect(await status()).toEqual([["delivered", 1]]);
});

test("who asks after a requeue how a result ended hears of the requeued one, whenever it ends", async () => {
  const store = await withDead(best(9n));
  const waiters = new SettleWaiters(store, manualClock(T0));
  expect(await waiters.wait(key(best(9n)), 1)).toEqual({ status: "dead", reason: "refused-parameter" });
  await store.requeue(1, T0);
  const waiting = waiters.wait(key(best(9n)), 1);
  const lane = await leaseAndEnd(store, delivered);
  waiters.settled(lane.id, { fromSeq: 2, toSeq: 2, how: "delivered", attempts: 1, at: T0 });
  expect(await waiting).toEqual({ status: "delivered" });
});

test("how a result ended is forgotten past the retention, and that is said", async () => {
  const store = await withDead(best(9n), delivered);
  await store.purge(T0 + 24 * HOUR);
  expect(await new SettleWaiters(store, manualClock(T0)).wait(key(best(9n)), 1)).toEqual({ status: "forgotten" });
});

test("an outcome that cost no request says how old the knowledge was", async () => {
  const store = await opened();
  await acceptOne(store, firing(count(1n), { once }));
  const progress = { count: 1n, unlocked: true, at: T0 - 4_000 };
  const lane = await leaseAndEnd(store, { type: "settled", how: "suppressed", progress });
  const record = await store.ended(lane.id, 1);
  if (record === undefined) throw new Error("it has ended");
  const outcome = settledOutcome({ key: lane.key, record, epoch: 0, unlocked: false });
  expect(outcome).toMatchObject({ status: "suppressed", factAgeMs: 4_000 });
  expect(await receiptRecords(store, of)).toMatchObject([{ status: "suppressed", factAgeMs: 4_000 }]);
});

test.each([
  ["a count", count(3n), false],
  ["a best score", best(9n), true],
  ["a forced score", forced(9n), true],
] as const)(
  "requeueing %s that may have been applied asks for a choice only where it could count twice",
  async (_, intent, isFree) => {
    const store = await withDead(intent, { ...refused, maybeApplied: true } as LaneEnd);
    const outbox = { kick: () => undefined };
    const letters = deadLetters({ app: APP, store, outbox, clock: manualClock(T0), ready: Promise.resolve() });
    if (isFree) expect(await letters.requeue(1)).toBe(true);
    else {
      await expect(letters.requeue(1)).rejects.toMatchObject({ code: "bad_input" });
      expect(await letters.requeue(1, { maybeApplied: "send-again" })).toBe(true);
    }
  },
);
