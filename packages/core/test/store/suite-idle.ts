import { expect } from "vitest";
import type { LaneEnd, LaneStore } from "../../src/store/lane-store.ts";
import {
  acceptAll,
  acceptOne,
  APP,
  count,
  delivered,
  endOne,
  firing,
  HOUR,
  journalOf,
  leaseAndEnd,
  leaseOne,
  openAs,
  parked,
  refused,
  stageOne,
  T0,
  unlock,
  USER,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

const announced: LaneEnd = { type: "settled", how: "delivered", announce: true };
const users = async (store: LaneStore): Promise<string[]> => (await store.inspect()).map(({ key }) => key.user);

/** Until nothing is left to look at. */
async function purgeAll(store: LaneStore, before: number): Promise<void> {
  for (let rounds = 0; (await store.purge(before)) > 0; rounds += 1) expect(rounds).toBeLessThan(10);
}

export function idleSuite(it: Check, fresh: Fresh): void {
  it("takes new players where it was full, once idle lanes are past the retention, and before that refuses them", async () => {
    const store = await fresh({ maxLanes: 2 });
    const by = (user: string) => [firing(count(1n), { user, at: T0 + 3 * HOUR })];
    await acceptAll(store, [firing(count(1n), { user: "1" }), firing(count(1n), { user: "2" })]);
    for (const lane of await store.lease(10, T0)) await endOne(store, lane, delivered, T0 + HOUR);
    for (const before of [T0 - HOUR, T0, T0 + HOUR]) {
      expect(await store.purge(before)).toBe(0);
      const detail = expect.stringMatching(/holds 2 lanes and may hold 2 \(maxLanes\)/);
      expect(await store.accept([by("3")])).toMatchObject([{ status: "refused", reason: "full", detail }]);
    }
    expect(await store.purge(T0 + 2 * HOUR)).toBe(2);
    expect(await store.purge(T0 + 2 * HOUR)).toBe(0);
    expect(await store.inspect()).toEqual([]);
    expect(await store.accept([[...by("3"), ...by("4")]])).toMatchObject([{ status: "taken" }]);
    expect(await store.accept([by("1")])).toMatchObject([{ status: "refused", reason: "full" }]);
    await openAs(store, "second");
    expect(await users(store)).toEqual(["3", "4"]);
  });

  it("forgets no lane that is owed anything, waits for a player or for a person", async () => {
    const store = await fresh();
    const ends: Record<string, LaneEnd | "leased" | "staged" | "pending"> = {
      "1": "pending",
      "2": "leased",
      "3": "staged",
      "4": parked,
      "5": refused,
      "6": announced,
      "7": delivered,
    };
    await acceptAll(
      store,
      Object.keys(ends).map((user) => firing(unlock(), { user, dueAt: user === "1" ? T0 + HOUR : T0 })),
    );
    for (const lane of await store.lease(10, T0)) {
      const end = ends[lane.key.user];
      if (end === "staged") await stageOne(store, lane);
      if (typeof end === "object") await endOne(store, lane, end);
    }
    await acceptOne(store, firing(count(1n), { user: "8" }));
    const doubtful = await leaseOne(store);
    await stageOne(store, doubtful);
    await endOne(store, doubtful, { type: "in-doubt", journal: journalOf(doubtful), dueAt: T0 + HOUR });

    await purgeAll(store, T0 + 9 * HOUR);
    expect(await users(store)).toEqual(["1", "2", "3", "4", "5", "6", "8"]);
    await store.discard(1);
    await store.acknowledge(APP, "6", ["WINS:0"]);
    await acceptOne(store, firing(count(1n), { user: "9", at: T0 + 20 * HOUR }));
    await purgeAll(store, T0 + 40 * HOUR);
    expect(await users(store)).toEqual(["1", "2", "3", "4", "8", "9"]);
  });

  it("begins a lane that comes back with seqs and an epoch of its own, and remembers nothing of before", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(unlock()), firing(unlock()), firing(unlock())]);
    const before = await leaseAndEnd(store, { type: "settled", how: "delivered", announce: true, newEpoch: true });
    const [first] = await store.announcements(APP, USER);
    await store.acknowledge(APP, USER, [first?.id ?? ""]);
    await purgeAll(store, T0 + HOUR);
    expect(await store.inspect()).toEqual([]);
    expect(await store.ended(before.id, 3)).toMatchObject({ how: "forgotten" });

    await acceptOne(store, firing(unlock()));
    await acceptOne(store, firing(count(1n), { user: "never seen" }));
    const [again, other] = await store.lease(10, T0);
    if (!again || !other) throw new Error("two lanes are due");
    expect(again.id).toBe(before.id);
    expect(again.fromSeq).toBeGreaterThan(before.toSeq);
    expect(again).toMatchObject({ attempts: 0, toSeq: again.fromSeq });
    expect(again.progress).toBeUndefined();
    expect(await store.ended(again.id, 3)).toMatchObject({ how: "forgotten" });
    expect(await store.ended(again.id, again.toSeq)).toBeUndefined();
    await endOne(store, again, announced);
    await endOne(store, other, delivered);
    const [second] = await store.announcements(APP, USER);
    expect(second?.id).not.toBe(first?.id);
    expect(await store.ended(again.id, again.toSeq)).toMatchObject({ how: "delivered", fromSeq: again.fromSeq });
    expect(await store.ended(again.id, 3)).toMatchObject({ how: "forgotten" });
  });

  it("never gives a seq twice, however often a lane is forgotten", async () => {
    const store = await fresh();
    const given = new Set<number>();
    for (let round = 0; round < 5; round += 1) {
      for (const taken of await acceptAll(store, [firing(count(1n)), firing(count(1n))])) {
        if (taken.status === "accepted") given.add(taken.seq);
      }
      await leaseAndEnd(store, delivered);
      await purgeAll(store, T0 + HOUR);
      expect(await store.inspect()).toEqual([]);
      if (round % 2 === 0) await openAs(store, `life-${round}`);
    }
    expect(given.size).toBe(10);
  });

  it("keeps lanes that were idle for less long than the retention, however often it is purged", async () => {
    const store = await fresh();
    const retention = 10;
    for (let hour = 0; hour < 60; hour += 1) {
      await acceptOne(store, firing(count(1n), { user: String(100 + hour), at: T0 + hour * HOUR }));
      await leaseAndEnd(store, delivered, T0 + hour * HOUR);
      await purgeAll(store, T0 + (hour - retention) * HOUR);
      const kept = (await users(store)).map((user) => Number(user) - 100);
      const young = Array.from({ length: Math.min(hour + 1, retention) }, (_, age) => hour - age);
      expect(kept).toEqual(expect.arrayContaining(young));
      expect(Math.min(...kept)).toBeGreaterThanOrEqual(hour - 2 * retention - 2);
    }
  });

  it("forgets some at a time, the longest idle first", async () => {
    const store = await fresh();
    const named = Array.from({ length: 600 }, (_, user) => firing(count(1n), { user: String(user), at: T0 - user }));
    await store.accept(named.map((one) => [one]));
    const lanes = await store.lease(1_000, T0);
    await store.settle(
      lanes.map(({ id, leaseToken, key }) => ({
        lane: id,
        leaseToken,
        now: T0 - Number(key.user),
        end: delivered,
      })),
    );
    expect(await store.purge(T0 + HOUR)).toBe(250);
    const left = (await users(store)).map(Number);
    expect(left).toHaveLength(350);
    expect(Math.max(...left)).toBe(349);
    expect(await store.purge(T0 + HOUR)).toBe(250);
    expect(await store.purge(T0 + HOUR)).toBe(100);
    expect(await store.purge(T0 + HOUR)).toBe(0);
  });
}
