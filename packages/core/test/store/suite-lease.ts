import { expect } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import {
  acceptAll,
  acceptOne,
  APP,
  best,
  count,
  delivered,
  endOne,
  firing,
  HOUR,
  journalOf,
  key,
  leaseAndEnd,
  leaseOne,
  onlyLane,
  parked,
  released,
  stageOne,
  suppressed,
  T0,
  unlock,
  USER,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

export function leaseSuite(it: Check, fresh: Fresh): void {
  it("leases nothing early, up to the limit, the longest due first", async () => {
    const store = await fresh();
    await acceptAll(store, [
      firing(count(1n), { user: "1", dueAt: T0 + 30 }),
      firing(count(1n), { user: "2", dueAt: T0 + 10 }),
      firing(count(1n), { user: "3", dueAt: T0 + 20 }),
      firing(count(1n), { user: "4", dueAt: T0 + 31 }),
    ]);
    expect(await store.lease(10, T0 + 9)).toEqual([]);
    const users = async (limit: number, now: number): Promise<string[]> =>
      (await store.lease(limit, now)).map((lane) => lane.key.user);
    expect(await users(2, T0 + 30)).toEqual(["2", "3"]);
    expect(await users(5, T0 + 30)).toEqual(["1"]);
    expect(await users(5, T0 + 30)).toEqual([]);
    expect(await users(5, T0 + 31)).toEqual(["4"]);
  });

  it("shares due lanes out between players: rounds of a few each, whoever has lanes out after whoever has none", async () => {
    const store = await fresh();
    const many = Array.from({ length: 9 }, (_, n) => firing(count(1n, `T${n}`), { user: "1", dueAt: T0 + n }));
    await acceptAll(store, [...many, firing(count(1n), { user: "2", dueAt: T0 + 50 })]);
    await acceptOne(store, firing(count(1n), { user: "3", dueAt: T0 + 51 }));
    const none = new Map<string, number>();
    const names = async (limit: number, now: number, out: ReadonlyMap<string, number> = none): Promise<string[]> =>
      (await store.lease(limit, now, { share: 2, out })).map(({ key: { user, target } }) => `${user} ${target.name}`);
    expect(await names(1, T0 + 50, new Map([[`${APP}\n1`, 2]]))).toEqual(["2 WINS"]);
    expect(await names(4, T0 + 51)).toEqual(["1 T0", "1 T1", "3 WINS", "1 T2"]);
    await acceptOne(store, firing(count(1n, "MORE"), { user: "2", dueAt: T0 + 60 }));
    expect(await names(2, T0 + 60, new Map([[`${APP}\n1`, 256]]))).toEqual(["2 MORE", "1 T3"]);
    expect(await names(9, T0 + 60)).toEqual(["1 T4", "1 T5", "1 T6", "1 T7", "1 T8"]);
  });

  it("finds a player's single lane behind thousands of another's", async () => {
    const store = await fresh();
    for (let part = 0; part < 10; part += 1) {
      const some = Array.from({ length: 1_000 }, (_, n) => firing(count(1n, `T${part}_${n}`), { user: "1" }));
      await acceptAll(store, some);
    }
    await acceptOne(store, firing(count(1n), { user: "2", dueAt: T0 + 9 }));
    const out = new Map([[`${APP}\n1`, 8]]);
    const [first] = await store.lease(1, T0 + 9, { share: 8, out });
    expect(first?.key.user).toBe("2");
    await endOne(store, first as NonNullable<typeof first>, released(T0 + 10));
    expect((await store.lease(2, T0 + 10, { share: 8, out })).map(({ key: { user } }) => user)).toEqual(["2", "1"]);
  });

  it("hands out the whole pending value with what its holder needs to know", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(2n), { at: T0 - 5 }), firing(count(3n), { at: T0 - 9, dueAt: T0 })]);
    const lane = await leaseOne(store);
    expect(lane).toEqual({
      id: "900100\n7001\na\nWINS",
      key: { app: "900100", user: "7001", target: { type: "achievement", name: "WINS" } },
      leaseToken: lane.leaseToken,
      value: valueOf(count(5n)),
      fromSeq: 1,
      toSeq: 2,
      attempts: 0,
      oldestAt: T0 - 9,
      sentWhileLocked: false,
      epoch: 0,
      lostLeases: 0,
      alone: false,
      forgetsAtEnd: false,
    });
    expect(lane.leaseToken.length).toBeGreaterThan(0);
    expect(await onlyLane(store)).toMatchObject({ state: "leased", inFlight: valueOf(count(5n)), seq: 2 });
  });

  it("gives a lane to one holder at a time, with another token each time", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const first = await leaseOne(store);
    await acceptOne(store, firing(count(1n)));
    expect(await store.lease(10, T0 + HOUR)).toEqual([]);
    await endOne(store, first, released());
    const second = await leaseOne(store);
    expect(second.leaseToken).not.toBe(first.leaseToken);
    expect(second).toMatchObject({ value: valueOf(count(2n)), fromSeq: 1, toSeq: 2 });
  });

  it("refuses a token that is not the lane's current one, and changes nothing", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const stale = await leaseAndEnd(store, released());
    const current = await leaseOne(store);
    const before = await store.inspect();
    const journal = journalOf(current, { count: 41n });
    const { id: lane, leaseToken } = stale;
    expect(
      await store.stage([
        { lane, leaseToken, journal },
        { lane: "1\n2\na\nNONE", leaseToken, journal },
      ]),
    ).toEqual([false, false]);
    expect(await store.settle([{ lane, leaseToken, now: T0, end: delivered }])).toEqual([false]);
    expect(await store.settle([{ lane: "1\n2\na\nNONE", leaseToken, now: T0, end: delivered }])).toEqual([false]);
    expect(await store.inspect()).toEqual(before);
    expect(await store.ended(lane, 1)).toBeUndefined();
    await endOne(store, current, delivered);
    expect(await store.settle([{ lane, leaseToken: current.leaseToken, now: T0, end: delivered }])).toEqual([false]);
  });

  it("answers a mixed batch in order and ends only the leases that hold", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(1n), { user: "1" }), firing(count(1n), { user: "2" })]);
    const [one, two] = await store.lease(2, T0);
    const settlement = (lane: string, leaseToken: string) => ({ lane, leaseToken, now: T0, end: delivered });
    expect(one && two).toBeTruthy();
    if (!one || !two) return;
    expect(
      await store.settle([
        settlement(one.id, two.leaseToken),
        settlement(two.id, two.leaseToken),
        settlement(one.id, one.leaseToken),
      ]),
    ).toEqual([false, true, true]);
  });

  it("writes the journal and the baseline it stands on", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const lane = await leaseOne(store);
    const progress = { count: 2n ** 63n - 2n, unlocked: false, at: T0 };
    const staging = {
      lane: lane.id,
      leaseToken: lane.leaseToken,
      journal: journalOf(lane, { count: progress.count }),
      progress,
    };
    expect(await store.stage([staging])).toEqual([true]);
    expect(await onlyLane(store)).toMatchObject({ state: "staged", inFlight: valueOf(count(1n)), progress });
    await endOne(store, lane, released());
    expect((await leaseOne(store)).progress).toEqual(progress);
  });

  it("takes a later epoch from the journal", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const lane = await leaseOne(store);
    await stageOne(store, lane, { epoch: 3 });
    await endOne(store, lane, released());
    expect((await leaseOne(store)).epoch).toBe(3);
  });

  it("is due at the earliest of its firings", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n), { dueAt: T0 + 5_000 }));
    expect(await store.nextDue()).toBe(T0 + 5_000);
    await acceptOne(store, firing(unlock(), { dueAt: T0 + 100 }));
    expect(await store.nextDue()).toBe(T0 + 100);
    await acceptOne(store, firing(count(1n), { dueAt: T0 + 9_000 }));
    expect(await store.nextDue()).toBe(T0 + 100);
  });

  it("says when the next unleased lane is due, past times included", async () => {
    const store = await fresh();
    expect(await store.nextDue()).toBeUndefined();
    await acceptAll(store, [
      firing(count(1n), { user: "1", dueAt: T0 - 50 }),
      firing(count(1n), { user: "2", dueAt: T0 + 50 }),
    ]);
    expect(await store.nextDue()).toBe(T0 - 50);
    const lane = await leaseOne(store);
    expect(await store.nextDue()).toBe(T0 + 50);
    await endOne(store, lane, delivered);
    await leaseAndEnd(store, parked, T0 + 50);
    expect(await store.nextDue()).toBeUndefined();
  });

  it("makes gathering lanes due at once, those behind a lease included, but never ends a backoff", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(1n), { user: "1" }), firing(count(1n), { user: "2", dueAt: T0 + 5_000 })]);
    const backingOff = await leaseOne(store);
    await endOne(store, backingOff, released(T0 + 60_000));
    await acceptOne(store, firing(best(1n), { dueAt: T0 }));
    const leased = await leaseOne(store);
    await acceptOne(store, firing(best(2n), { dueAt: T0 + 5_000 }));
    await store.makeDue(T0 + 10);
    expect((await store.lease(10, T0 + 10)).map((lane) => lane.key.user)).toEqual(["2"]);
    await endOne(store, leased, delivered, T0 + 10);
    expect((await leaseOne(store, T0 + 10)).value).toEqual(valueOf(best(2n)));
    expect(await store.nextDue()).toBe(T0 + 60_000);
    expect(await store.lease(10, T0 + 59_999)).toEqual([]);
    expect(await store.lease(10, T0 + 60_000)).toHaveLength(1);
  });

  it("counts what is owed by what is in flight", async () => {
    const store = await fresh();
    expect(await store.owed()).toEqual({ pending: 0, inFlight: 0, inDoubt: 0, parked: 0, dead: 0, setAside: 0 });
    await acceptAll(
      store,
      ["1", "2", "3", "4", "5"].map((user, index) => firing(count(1n), { user, dueAt: T0 + index })),
    );
    const one = await leaseOne(store, T0);
    await stageOne(store, one);
    await endOne(store, one, { type: "in-doubt", journal: journalOf(one), dueAt: T0 + HOUR });
    await leaseAndEnd(store, parked, T0 + 1);
    await leaseOne(store, T0 + 2);
    await acceptOne(store, firing(count(1n), { user: "3" }));
    await leaseAndEnd(store, suppressed, T0 + 3);
    expect(await store.owed()).toEqual({ pending: 1, inFlight: 1, inDoubt: 1, parked: 1, dead: 0, setAside: 0 });
  });

  it("parks a lane until its user wakes", async () => {
    const store = await fresh();
    await acceptAll(store, [
      firing(best(4n)),
      firing(best(1n), { user: "7002" }),
      firing(count(1n), { dueAt: T0 + HOUR }),
    ]);
    const [one, two] = await store.lease(10, T0);
    if (!one || !two) throw new Error("two lanes are due");
    await endOne(store, one, parked);
    await endOne(store, two, parked);
    await acceptOne(store, firing(best(6n), { user: USER }));
    expect(await store.lease(10, T0 + 60_000)).toEqual([]);
    expect(await store.wake(APP, "7003", T0 + 5)).toBe(0);
    expect(await store.wake("900200", USER, T0 + 5)).toBe(0);
    expect(await store.wake(APP, USER, T0 + 5)).toBe(1);
    expect(await store.wake(APP, USER, T0 + 5)).toBe(0);
    expect(await store.nextDue()).toBe(T0 + 5);
    const woken = await leaseOne(store, T0 + 5);
    expect(woken).toMatchObject({ key: key(best(0n)), fromSeq: 1, toSeq: 2, attempts: 0, oldestAt: T0 });
    expect(woken.value).toMatchObject({ highest: { score: 6n }, lowest: { score: 4n } });
  });
}
