import { expect } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import {
  acceptAll,
  acceptOne,
  APP,
  best,
  bits,
  count,
  delivered,
  endOne,
  firing,
  HOUR,
  key,
  leaseAndEnd,
  leaseOne,
  onlyLane,
  openAs,
  parked,
  refused,
  released,
  T0,
  unlock,
  USER,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

export function waitingSuite(it: Check, fresh: Fresh): void {
  it("shows the lanes with something that is not final, in whatever state it waits", async () => {
    const store = await fresh();
    const names = async (): Promise<readonly string[]> =>
      (await store.inspect({ app: APP, user: USER, waiting: true })).map(
        ({ key, state }) => `${key.target.name} ${state}`,
      );
    await acceptOne(store, firing(unlock()));
    await leaseAndEnd(store, delivered);
    expect(await names()).toEqual([]);
    await acceptAll(store, [firing(best(4n)), firing(count(1n)), firing(count(1n), { user: "7002" })]);
    expect(await names()).toEqual([`${key(count(1n)).target.name} pending`, `${key(best(4n)).target.name} pending`]);
    const [first] = await store.lease(1, T0);
    if (first === undefined) throw new Error("nothing was due");
    await endOne(store, first, parked);
    expect((await names()).toSorted()).toEqual(
      [`${key(best(4n)).target.name} pending`, `${key(count(1n)).target.name} parked`].toSorted(),
    );
  });

  it("makes dead letters of parked lanes whose oldest intent is too old, with everything they gathered", async () => {
    const store = await fresh();
    const attempt = { startedAt: T0, endedAt: T0 + 2, status: "rejected", reason: "user-token" } as const;
    await acceptAll(store, [firing(best(4n)), firing(best(1n), { user: "7002", at: T0 + HOUR, dueAt: T0 })]);
    const lanes = await store.lease(10, T0);
    for (const { id, leaseToken } of lanes) {
      expect(await store.settle([{ lane: id, leaseToken, now: T0, end: parked, attempt }])).toEqual([true]);
    }
    await acceptOne(store, firing(best(9n), { at: T0 + HOUR }));
    await acceptOne(store, firing(count(1n), { dueAt: T0 + 9 * HOUR }));
    expect(await store.expireParked(T0, T0 + HOUR)).toEqual([]);
    const record = {
      fromSeq: 1,
      toSeq: 2,
      how: "dead",
      reason: "user-token",
      attempts: 0,
      at: T0 + HOUR,
      last: attempt,
    };
    const lane = "900100\n7001\nl\nTIMES";
    expect(await store.expireParked(T0 + 1, T0 + HOUR)).toEqual([{ lane, key: key(best(0n)), record }]);
    expect(await store.expireParked(T0 + 1, T0 + HOUR)).toEqual([]);
    const [letter] = await store.deadLetters();
    expect(letter).toMatchObject({
      reason: "user-token",
      maybeApplied: false,
      fromSeq: 1,
      toSeq: 2,
      history: [attempt],
    });
    expect(letter?.value).toMatchObject({ highest: { score: 9n }, lowest: { score: 4n } });
    expect(await store.ended(lane, 2)).toEqual(record);
    expect(await store.owed()).toEqual({ pending: 1, inFlight: 0, inDoubt: 0, parked: 1, dead: 1, setAside: 0 });
    await acceptOne(store, firing(best(2n)));
    expect(await leaseOne(store)).toMatchObject({ value: valueOf(best(2n)), fromSeq: 3, toSeq: 3 });
  });

  it("says of an expired value that it may be applied where an earlier send of it may have been", async () => {
    const store = await fresh();
    await acceptOne(store, firing(bits(1n)));
    await leaseAndEnd(store, { ...released(), sentWhileLocked: true });
    await leaseAndEnd(store, parked);
    expect(await store.expireParked(T0 + 1, T0 + HOUR)).toHaveLength(1);
    expect(await store.deadLetters()).toMatchObject([{ maybeApplied: true, attempts: 1 }]);
  });

  it("keeps a user's sealed token until it is replaced, dropped, or older than a purge", async () => {
    const store = await fresh();
    expect(await store.sealedToken(APP, USER)).toBeUndefined();
    await store.keepToken(APP, USER, "sealed-1", T0);
    await store.keepToken(APP, "7002", "sealed-2", T0);
    await store.keepToken("900200", USER, "sealed-3", T0);
    await store.keepToken(APP, USER, "sealed-4", T0 + HOUR);
    expect(await store.sealedToken(APP, USER)).toBe("sealed-4");
    await store.dropToken("900200", USER);
    expect(await store.sealedToken("900200", USER)).toBeUndefined();
    await store.purge(T0);
    expect(await store.sealedToken(APP, "7002")).toBe("sealed-2");
    await store.purge(T0 + 1);
    expect(await store.sealedToken(APP, "7002")).toBeUndefined();
    expect(await store.sealedToken(APP, USER)).toBe("sealed-4");
    await openAs(store, "second");
    expect(await store.sealedToken(APP, USER)).toBe("sealed-4");
  });

  it("tells a user's remembered firings and where they went, in the order of acceptance", async () => {
    const store = await fresh();
    const once = (match: string, event: string, occurrence = "") => ({ match, event, occurrence, rule: "9:r" });
    const first = firing(unlock("A"), { once: once("m2", "end"), at: T0 + 5 });
    const rest = [
      firing(count(1n), { once: once("m1", "kill", "k\n1"), at: T0 }),
      firing(count(1n)),
      firing(count(1n), { once: once("m1", "kill", "k2"), at: T0 }),
      firing(best(1n), { once: once("m1", "end"), at: T0 }),
      firing(count(1n), { once: once("m1", "kill", "k2"), at: T0 }),
      firing(count(1n), { once: once("m1", "end"), user: "70010" }),
    ];
    await acceptOne(store, first);
    await acceptAll(store, rest);
    const lane = "900100\n7001\na\nWINS";
    const wins = [
      { once: once("m1", "kill", "k\n1"), lane, seq: 1, at: T0 },
      { once: once("m1", "kill", "k2"), lane, seq: 3, at: T0 },
      { once: once("m1", "end"), lane: "900100\n7001\nl\nTIMES", seq: 1, at: T0 },
    ];
    const all = [{ once: once("m2", "end"), lane: "900100\n7001\na\nA", seq: 1, at: T0 + 5 }, ...wins];
    expect(await store.remembered({ app: APP, user: USER })).toEqual(all);
    expect(await store.remembered({ app: APP, user: USER, match: "m1" })).toEqual(wins);
    expect(await store.remembered({ app: APP, user: USER, match: "m" })).toEqual([]);
    expect(await store.remembered({ app: APP, user: "700" })).toEqual([]);
    await openAs(store, "second");
    await acceptOne(store, firing(count(1n), { once: once("m0", "end"), at: T0 - HOUR }));
    expect((await store.remembered({ app: APP, user: USER })).map(({ at }) => at - T0)).toEqual([5, 0, 0, 0, -HOUR]);
  });

  it("remembers firings past their settlement and through one purge, until they are too old", async () => {
    const store = await fresh();
    const remembered = async (): Promise<number> => (await store.remembered({ app: APP, user: USER })).length;
    for (const occurrence of ["", "o"]) {
      await acceptOne(store, firing(count(1n), { once: { match: "m", event: "e", occurrence, rule: "r" } }));
    }
    await leaseAndEnd(store, delivered);
    await store.purge(T0);
    expect(await remembered()).toBe(2);
    const later = { match: "m", event: "late", occurrence: "", rule: "r" };
    await acceptOne(store, firing(count(1n), { once: later, at: T0 + HOUR }));
    expect(await remembered()).toBe(3);
    await store.purge(T0 + HOUR / 2);
    expect(await remembered()).toBe(1);
    await store.purge(T0 + 9 * HOUR);
    expect(await remembered()).toBe(0);
    expect(await onlyLane(store)).toMatchObject({ seq: 3 });
    await endOne(store, await leaseOne(store, T0 + HOUR), refused);
  });
}
