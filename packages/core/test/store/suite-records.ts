import { expect } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import type { LaneEnd } from "../../src/store/lane-store.ts";
import {
  acceptAll,
  acceptOne,
  best,
  count,
  delivered,
  endOne,
  firing,
  forced,
  HOUR,
  key,
  leaseAndEnd,
  leaseOne,
  onlyLane,
  parked,
  refused,
  released,
  T0,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

const dead: LaneEnd = { type: "dead", reason: "unknown-target", detail: "no such achievement", maybeApplied: true };

export function recordsSuite(it: Check, fresh: Fresh): void {
  it("takes a dead value out with its seqs and lets the lane start fresh", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(2n)), firing(count(3n))]);
    await leaseAndEnd(store, released(T0));
    const lane = await leaseOne(store);
    await acceptOne(store, firing(count(7n)));
    await endOne(store, lane, dead, T0 + 9);
    expect(await store.deadLetters()).toEqual([
      {
        id: 1,
        key: key(count(0n)),
        value: valueOf(count(5n)),
        fromSeq: 1,
        toSeq: 2,
        reason: "unknown-target",
        detail: "no such achievement",
        maybeApplied: true,
        attempts: 2,
        history: [],
        at: T0 + 9,
      },
    ]);
    expect(await store.ended(lane.id, 2)).toEqual({
      fromSeq: 1,
      toSeq: 2,
      how: "dead",
      reason: "unknown-target",
      attempts: 2,
      at: T0 + 9,
    });
    expect(await store.owed()).toMatchObject({ pending: 1, dead: 1 });
    expect(await leaseOne(store)).toMatchObject({ value: valueOf(count(7n)), fromSeq: 3, toSeq: 3, attempts: 0 });
  });

  it("requeues a dead value under what is pending, due at once, with a seq of its own", async () => {
    const store = await fresh();
    await acceptOne(store, firing(best(5n, "QQ==")));
    await leaseAndEnd(store, refused);
    await acceptOne(store, firing(best(5n, "Qg=="), { dueAt: T0 + HOUR }));
    const [letter] = await store.deadLetters();
    expect(await store.requeue(letter?.id ?? 0, T0 + 50)).toBe(true);
    expect(await store.deadLetters()).toEqual([]);
    expect(await store.requeue(letter?.id ?? 0, T0 + 50)).toBe(false);
    expect(await store.lease(10, T0 + 49)).toEqual([]);
    const lane = await leaseOne(store, T0 + 50);
    expect(lane).toMatchObject({ fromSeq: 2, toSeq: 3 });
    expect(lane.value).toMatchObject({ highest: { score: 5n, extra: "QQ==" } });
  });

  it("requeues into an idle lane, a parked one and one that backs off, without ending the wait", async () => {
    const store = await fresh();
    await acceptAll(
      store,
      ["1", "2", "3"].map((user) => firing(count(1n), { user })),
    );
    for (const lane of await store.lease(10, T0)) await endOne(store, lane, refused);
    await acceptAll(store, [firing(count(1n), { user: "2" }), firing(count(1n), { user: "3" })]);
    for (const lane of await store.lease(10, T0)) {
      await endOne(store, lane, lane.key.user === "2" ? parked : released(T0 + HOUR));
    }
    for (const { id } of await store.deadLetters()) expect(await store.requeue(id, T0)).toBe(true);
    const idle = await leaseOne(store);
    expect(idle).toMatchObject({ value: valueOf(count(1n)), fromSeq: 2, toSeq: 2, oldestAt: T0 });
    expect(await store.inspect({ user: "2" })).toMatchObject([{ state: "parked", pending: { count: 2n } }]);
    expect(await store.inspect({ user: "3" })).toMatchObject([
      { state: "pending", pending: { count: 2n }, dueAt: T0 + HOUR },
    ]);
  });

  it("drops a requeued forced score that a later settlement or a later forced one in flight has overtaken", async () => {
    const store = await fresh();
    const die = async (score: bigint): Promise<number> => {
      await acceptOne(store, firing(forced(score)));
      await leaseAndEnd(store, refused);
      return (await store.deadLetters()).at(-1)?.id ?? 0;
    };
    const beforeFlight = await die(1n);
    await acceptOne(store, firing(forced(2n)));
    const flying = await leaseOne(store);
    expect(await store.requeue(beforeFlight, T0)).toBe(false);
    expect(await store.deadLetters()).toEqual([]);
    expect(await store.ended(flying.id, 1)).toMatchObject({ how: "discarded", reason: "overtaken" });
    await endOne(store, flying, refused);
    const onlyDeadAfter = (await store.deadLetters()).at(-1)?.id ?? 0;
    await die(3n);
    expect(await store.requeue(onlyDeadAfter, T0)).toBe(true);
    await leaseAndEnd(store, delivered);
    // Reported after the one that was sent meanwhile, so it still counts after it.
    const [later] = await store.deadLetters();
    expect(await store.requeue(later?.id ?? 0, T0)).toBe(true);
    expect(await onlyLane(store)).toMatchObject({ state: "pending" });
  });

  it("discards a dead letter for good and says so in its record", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(2n)));
    const lane = await leaseAndEnd(store, dead);
    const [letter] = await store.deadLetters();
    expect(await store.discard(letter?.id ?? 0)).toBe(true);
    expect(await store.discard(letter?.id ?? 0)).toBe(false);
    expect(await store.discard(99)).toBe(false);
    expect(await store.deadLetters()).toEqual([]);
    expect(await store.owed()).toMatchObject({ dead: 0 });
    expect(await store.ended(lane.id, 1)).toMatchObject({ how: "discarded", reason: "discarded", at: T0 });
    expect(await onlyLane(store)).toMatchObject({ state: "idle", settledThrough: 1 });
  });

  it("never gives a dead letter's number twice", async () => {
    const store = await fresh();
    for (const expected of [1, 2, 3]) {
      await acceptOne(store, firing(count(1n)));
      await leaseAndEnd(store, refused);
      const [letter] = await store.deadLetters();
      expect(letter?.id).toBe(expected);
      await store.discard(expected);
    }
  });

  it("purges once keys and send records of both kinds when all of them are older", async () => {
    const store = await fresh();
    const once = (occurrence: string) => ({ match: "m", event: "e", occurrence, rule: "r" });
    const keyed = ["", "o-1"].map((occurrence) => firing(count(1n), { once: once(occurrence) }));
    await acceptAll(store, keyed);
    const lane = await leaseAndEnd(store, delivered);
    await store.purge(T0);
    expect((await acceptAll(store, keyed)).map(({ status }) => status)).toEqual(["duplicate", "duplicate"]);
    expect(await store.ended(lane.id, 2)).toMatchObject({ how: "delivered" });
    await store.purge(T0 + HOUR);
    expect(await store.ended(lane.id, 2)).toMatchObject({ how: "forgotten" });
    expect(await store.ended(lane.id, 3)).toBeUndefined();
    expect((await acceptAll(store, keyed)).map(({ status }) => status)).toEqual(["accepted", "accepted"]);
    expect(await onlyLane(store)).toMatchObject({ seq: 4, settledThrough: 2 });
  });

  it("keeps what is younger through a purge, and drops the older in time, however often it is purged", async () => {
    const store = await fresh();
    const keyed = (hour: number, occurrence: string) =>
      firing(count(1n), { at: T0 + hour * HOUR, once: { match: `m-${hour}`, event: "e", occurrence, rule: "r" } });
    const statuses = async (hour: number): Promise<string[]> =>
      (await acceptAll(store, [keyed(hour, ""), keyed(hour, "o")])).map(({ status }) => status);
    const retention = 10;
    for (let hour = 0; hour < 60; hour += 1) {
      expect(await statuses(hour)).toEqual(["accepted", "accepted"]);
      await store.purge(T0 + (hour - retention) * HOUR);
      for (const kept of [hour, hour - 5, hour - retention + 1]) {
        if (kept >= 0) expect(await statuses(kept)).toEqual(["duplicate", "duplicate"]);
      }
    }
    expect(await statuses(59 - 2 * retention - 2)).toEqual(["accepted", "accepted"]);
  });
}
