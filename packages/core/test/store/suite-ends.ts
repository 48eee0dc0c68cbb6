import { expect } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import {
  acceptAll,
  acceptOne,
  best,
  bits,
  count,
  delivered,
  endOne,
  firing,
  journalOf,
  leaseAndEnd,
  leaseOne,
  onlyLane,
  parked,
  refused,
  released,
  stageOne,
  suppressed,
  T0,
  unlock,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

export function endsSuite(it: Check, fresh: Fresh): void {
  it("settles for good: the baseline moves, attempts start over, newer firings stay", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(3n)));
    await leaseAndEnd(store, released(T0));
    const lane = await leaseOne(store);
    expect(lane.attempts).toBe(1);
    await acceptOne(store, firing(count(4n)));
    const progress = { count: 3n, unlocked: false, at: T0 + 7 };
    await endOne(store, lane, { type: "settled", how: "delivered", progress }, T0 + 7);
    expect(await onlyLane(store)).toEqual({
      id: lane.id,
      key: lane.key,
      state: "pending",
      pending: valueOf(count(4n)),
      seq: 2,
      settledThrough: 1,
      attempts: 0,
      dueAt: T0,
      progress,
      history: [],
      lostLeases: 0,
    });
    expect(await leaseOne(store)).toMatchObject({ fromSeq: 2, toSeq: 2, attempts: 0, progress, settledAt: T0 + 7 });
  });

  it("leaves the baseline where a settlement names none", async () => {
    const store = await fresh();
    const progress = { count: 8n, unlocked: false, at: T0 };
    await acceptOne(store, firing(count(3n)));
    await leaseAndEnd(store, { type: "settled", how: "delivered", progress });
    await acceptOne(store, firing(unlock()));
    await leaseAndEnd(store, delivered);
    expect(await onlyLane(store)).toMatchObject({ state: "idle", progress });
  });

  it("keeps a record of how each send ended, found by any seq it covered", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(1n)), firing(count(1n))]);
    await leaseAndEnd(store, released(T0));
    const lane = await leaseOne(store);
    await acceptOne(store, firing(count(1n)));
    expect(await store.ended(lane.id, 1)).toBeUndefined();
    await endOne(store, lane, delivered, T0 + 1);
    await leaseAndEnd(store, suppressed, T0 + 2);
    await acceptOne(store, firing(count(1n)));
    await leaseAndEnd(store, { type: "settled", how: "verdict" }, T0 + 3);
    const first = { fromSeq: 1, toSeq: 2, how: "delivered", attempts: 2, at: T0 + 1 };
    expect(await store.ended(lane.id, 1)).toEqual(first);
    expect(await store.ended(lane.id, 2)).toEqual(first);
    expect(await store.ended(lane.id, 3)).toEqual({ fromSeq: 3, toSeq: 3, how: "suppressed", attempts: 0, at: T0 + 2 });
    expect(await store.ended(lane.id, 4)).toEqual({ fromSeq: 4, toSeq: 4, how: "verdict", attempts: 1, at: T0 + 3 });
    expect(await store.ended(lane.id, 5)).toBeUndefined();
    expect(await store.ended("1\n2\na\nNONE", 1)).toBeUndefined();
  });

  it("releases under newer firings, keeping age, seqs and the count of failed attempts", async () => {
    const store = await fresh();
    await acceptOne(store, firing(best(5n, "QQ=="), { at: T0 - 100 }));
    const lane = await leaseOne(store);
    await acceptOne(store, firing(best(5n, "Qg=="), { at: T0 + 1 }));
    await endOne(store, lane, released(T0 + 10));
    expect(await onlyLane(store)).toMatchObject({
      state: "pending",
      reason: "platform-unavailable",
      attempts: 1,
      dueAt: T0 + 10,
    });
    const again = await leaseOne(store, T0 + 10);
    expect(again).toMatchObject({ fromSeq: 1, toSeq: 2, attempts: 1, oldestAt: T0 - 100 });
    expect(again.value).toMatchObject({ highest: { score: 5n, extra: "QQ==" } });
    await endOne(store, again, released(T0 + 20, false), T0 + 10);
    expect((await leaseOne(store, T0 + 20)).attempts).toBe(1);
  });

  it("never lets a new firing leave before the end of a backoff", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    await leaseAndEnd(store, released(T0 + 5_000));
    await acceptOne(store, firing(unlock(), { dueAt: T0 }));
    expect(await store.nextDue()).toBe(T0 + 5_000);
    expect(await store.lease(10, T0 + 4_999)).toEqual([]);
    await leaseAndEnd(store, delivered, T0 + 5_000);
    await acceptOne(store, firing(count(1n), { dueAt: T0 }));
    expect(await store.nextDue()).toBe(T0);
  });

  it("remembers through releases and parking that a send may have unlocked, until the value settles or dies", async () => {
    const store = await fresh();
    await acceptOne(store, firing(bits(1n)));
    const lane = await leaseOne(store);
    await stageOne(store, lane);
    await endOne(store, lane, { ...released(), sentWhileLocked: true });
    const again = await leaseOne(store);
    expect(again.sentWhileLocked).toBe(true);
    await endOne(store, again, released());
    await leaseAndEnd(store, parked);
    await store.wake(lane.key.app, lane.key.user, T0);
    const woken = await leaseOne(store);
    expect(woken.sentWhileLocked).toBe(true);
    await endOne(store, woken, delivered);
    await acceptOne(store, firing(bits(2n)));
    const next = await leaseOne(store);
    expect(next.sentWhileLocked).toBe(false);
    await endOne(store, next, { ...released(), sentWhileLocked: true });
    await leaseAndEnd(store, refused);
    await acceptOne(store, firing(bits(4n)));
    expect((await leaseOne(store)).sentWhileLocked).toBe(false);
  });

  it("holds a lane in doubt: journal open, value kept, newer firings wait for the verdict", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(5n))]);
    const lane = await leaseOne(store);
    await stageOne(store, lane, { count: 10n });
    await acceptOne(store, firing(count(2n)));
    const journal = journalOf(lane, { count: 10n, inDoubtSince: T0 + 1 });
    await endOne(store, lane, { type: "in-doubt", journal, dueAt: T0 + 15_000 }, T0 + 1);
    await acceptOne(store, firing(unlock(), { dueAt: T0 }));
    expect(await onlyLane(store)).toMatchObject({
      state: "in-doubt",
      inFlight: valueOf(count(5n)),
      dueAt: T0 + 15_000,
    });
    expect(await store.ended(lane.id, 1)).toBeUndefined();
    expect(await store.lease(10, T0 + 14_999)).toEqual([]);
    await store.makeDue(T0 + 2);
    expect(await store.nextDue()).toBe(T0 + 15_000);
    const verdict = await leaseOne(store, T0 + 15_000);
    expect(verdict).toMatchObject({ value: valueOf(count(5n)), fromSeq: 1, toSeq: 1, journal, attempts: 0 });
    expect(verdict.leaseToken).not.toBe(lane.leaseToken);
    const staging = { lane: lane.id, leaseToken: verdict.leaseToken, journal: journalOf(verdict, { count: 99n }) };
    expect(await store.stage([staging])).toEqual([false]);
    const unchanged = { ...journal, unchangedReads: 1 };
    await endOne(store, verdict, { type: "in-doubt", journal: unchanged, dueAt: T0 + 22_500 }, T0 + 15_000);
    const second = await leaseOne(store, T0 + 22_500);
    expect(second.journal).toEqual(unchanged);
    await endOne(store, second, released(T0 + 22_500), T0 + 22_500);
    const resend = await leaseOne(store, T0 + 22_500);
    expect(resend.journal).toBeUndefined();
    expect(resend).toMatchObject({ fromSeq: 1, toSeq: 3, attempts: 1, value: valueOf(unlock()) });
  });

  it("settles a doubt by a verdict and only then lets newer firings go", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(5n)));
    const lane = await leaseOne(store);
    await stageOne(store, lane);
    await acceptOne(store, firing(count(2n)));
    await endOne(store, lane, { type: "in-doubt", journal: journalOf(lane), dueAt: T0 + 100 });
    const progress = { count: 5n, unlocked: false, at: T0 + 100 };
    await leaseAndEnd(store, { type: "settled", how: "verdict", progress }, T0 + 100);
    expect(await leaseOne(store, T0 + 100)).toMatchObject({
      value: valueOf(count(2n)),
      fromSeq: 2,
      toSeq: 2,
      progress,
    });
  });

  it("updates or forgets the baseline as the end says", async () => {
    const store = await fresh();
    const progress = (n: bigint) => ({ count: n, unlocked: false, at: T0 });
    await acceptOne(store, firing(count(1n)));
    await leaseAndEnd(store, { ...released(), progress: progress(1n) });
    expect((await onlyLane(store)).progress).toEqual(progress(1n));
    await leaseAndEnd(store, { type: "dead", reason: "foreign-writer", maybeApplied: true, progress: progress(4n) });
    expect((await onlyLane(store)).progress).toEqual(progress(4n));
    await acceptOne(store, firing(count(1n)));
    await leaseAndEnd(store, refused);
    expect((await onlyLane(store)).progress).toEqual(progress(4n));
    await acceptOne(store, firing(count(1n)));
    await leaseAndEnd(store, { type: "dead", reason: "never-resolved", maybeApplied: true, forgetProgress: true });
    expect((await onlyLane(store)).progress).toBeUndefined();
  });
}
