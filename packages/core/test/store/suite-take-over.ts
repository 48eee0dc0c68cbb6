import { expect } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import {
  unlock,
  acceptAll,
  acceptOne,
  APP,
  best,
  bits,
  count,
  delivered,
  endOne,
  firing,
  forced,
  journalOf,
  leaseOne,
  onlyLane,
  openAs,
  parked,
  QUIET_MS,
  stageOne,
  T0,
  USER,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

const LATER = T0 + 1_000;

export function takeOverSuite(it: Check, fresh: Fresh): void {
  it("finds nothing to take over in a new store", async () => {
    const store = await fresh();
    expect(await openAs(store, "second", LATER)).toEqual({ released: 0, inDoubt: 0, poisoned: 0, ended: [] });
  });

  it("gives leased lanes back to pending, due as they were, and makes the old token worthless", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n), { at: T0 - 3 }));
    const old = await leaseOne(store);
    await acceptOne(store, firing(count(1n)));
    expect(await openAs(store, "second", LATER)).toEqual({ released: 1, inDoubt: 0, poisoned: 0, ended: [] });
    const before = await store.inspect();
    const { id: lane, leaseToken } = old;
    expect(await store.stage([{ lane, leaseToken, journal: journalOf(old) }])).toEqual([false]);
    expect(await store.settle([{ lane, leaseToken, now: LATER, end: delivered }])).toEqual([false]);
    expect(await store.inspect()).toEqual(before);
    const mine = await leaseOne(store, LATER);
    // No time was lived between the two.
    expect(mine).toMatchObject({ value: valueOf(count(2n)), fromSeq: 1, toSeq: 2, oldestAt: LATER - 3, attempts: 0 });
    expect(await store.settle([{ lane, leaseToken, now: LATER, end: delivered }])).toEqual([false]);
    await endOne(store, mine, delivered);
  });

  it("keeps tokens apart where an incarnation's name comes twice", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const old = await leaseOne(store);
    await openAs(store, "first", LATER);
    expect((await leaseOne(store, LATER)).leaseToken).not.toBe(old.leaseToken);
  });

  it("puts staged counts in doubt, due a quiet period after the take-over", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(4n)));
    const old = await leaseOne(store);
    await stageOne(store, old, { count: 6n });
    await acceptOne(store, firing(count(1n)));
    expect(await openAs(store, "second", LATER)).toEqual({ released: 0, inDoubt: 1, poisoned: 0, ended: [] });
    expect(await store.settle([{ lane: old.id, leaseToken: old.leaseToken, now: LATER, end: delivered }])).toEqual([
      false,
    ]);
    expect(await onlyLane(store)).toMatchObject({ state: "in-doubt", dueAt: LATER + QUIET_MS });
    expect(await store.lease(10, LATER + QUIET_MS - 1)).toEqual([]);
    const verdict = await leaseOne(store, LATER + QUIET_MS);
    expect(verdict.journal).toEqual({
      n: 4n,
      count: 6n,
      wasLocked: true,
      epoch: 0,
      unchangedReads: 0,
      inDoubtSince: LATER,
    });
    expect(verdict).toMatchObject({ value: valueOf(count(4n)), fromSeq: 1, toSeq: 1 });
  });

  it("gives a staged unlock back at once, with the memory of what it may have unlocked", async () => {
    const store = await fresh();
    await acceptOne(store, firing(unlock()));
    await stageOne(store, await leaseOne(store), { wasLocked: true });
    expect(await openAs(store, "second", LATER)).toEqual({ released: 1, inDoubt: 0, poisoned: 0, ended: [] });
    const again = await store.lease(10, LATER);
    expect(again.map(({ sentWhileLocked, journal }) => [sentWhileLocked, journal])).toEqual([[true, undefined]]);
  });

  it("holds staged bits back for a quiet period, with the memory of what they may have unlocked", async () => {
    const store = await fresh();
    await acceptOne(store, firing(bits(1n)));
    await stageOne(store, await leaseOne(store), { wasLocked: true });
    expect(await openAs(store, "second", LATER)).toEqual({ released: 1, inDoubt: 0, poisoned: 0, ended: [] });
    expect(await store.lease(10, LATER + QUIET_MS - 1)).toEqual([]);
    const again = await store.lease(10, LATER + QUIET_MS);
    expect(again.map(({ sentWhileLocked, journal }) => [sentWhileLocked, journal])).toEqual([[true, undefined]]);
  });

  it("gives a staged best score back at once, remembers that it may have landed, and lets no forced one follow it", async () => {
    const store = await fresh();
    await acceptOne(store, firing(best(3n)));
    await stageOne(store, await leaseOne(store));
    expect(await openAs(store, "second", LATER)).toEqual({ released: 1, inDoubt: 0, poisoned: 0, ended: [] });
    const again = await leaseOne(store, LATER);
    expect([again.sentWhileLocked, again.journal]).toEqual([true, undefined]);
    await endOne(store, again, delivered, LATER);
    await acceptOne(store, firing(forced(1n), { at: LATER }));
    expect(await store.lease(10, LATER + QUIET_MS - 1)).toEqual([]);
    expect((await leaseOne(store, LATER + QUIET_MS)).value).toMatchObject({ forced: true });
  });

  it("holds a staged forced score back for a quiet period, whatever is merged into it", async () => {
    const store = await fresh();
    await acceptOne(store, firing(forced(3n)));
    await stageOne(store, await leaseOne(store));
    await openAs(store, "second", LATER);
    await acceptOne(store, firing(forced(9n), { dueAt: LATER }));
    expect(await store.nextDue()).toBe(LATER + QUIET_MS);
    await store.makeDue(LATER);
    expect(await store.lease(10, LATER + QUIET_MS - 1)).toEqual([]);
    expect((await leaseOne(store, LATER + QUIET_MS)).value).toMatchObject({ forced: true, highest: { score: 9n } });
  });

  it("takes a verdict that was being sought from its seeker, and leaves doubts due as they were", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(1n), { user: "1" }), firing(count(1n), { user: "2" })]);
    for (const lane of await store.lease(10, T0)) {
      await stageOne(store, lane);
      const dueAt = lane.key.user === "1" ? T0 + 10 : T0 + 90_000;
      await endOne(store, lane, { type: "in-doubt", journal: journalOf(lane, { inDoubtSince: T0 }), dueAt });
    }
    const sought = await leaseOne(store, T0 + 10);
    expect(await openAs(store, "second", LATER)).toEqual({ released: 0, inDoubt: 1, poisoned: 0, ended: [] });
    expect(
      await store.settle([{ lane: sought.id, leaseToken: sought.leaseToken, now: LATER, end: delivered }]),
    ).toEqual([false]);
    const again = await leaseOne(store, LATER);
    expect(again.key.user).toBe("1");
    expect(again.journal).toMatchObject({ n: 1n, unchangedReads: 0, inDoubtSince: LATER - 10 });
    expect(await store.nextDue()).toBe(LATER + 90_000 - 10);
  });

  it("waits less for what it took over once nothing of the dead is left on its way, and for nothing else", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n, "EARLIER")));
    await stageOne(store, await leaseOne(store));
    await openAs(store, "second", T0);
    await acceptAll(store, [firing(count(1n, "LATER")), firing(forced(1n))]);
    for (const lane of await store.lease(10, T0)) await stageOne(store, lane);
    await openAs(store, "third", T0);
    expect(await store.shortenQuiet(QUIET_MS)).toBe(0);
    expect(await store.shortenQuiet(300)).toBe(2);
    const dues = (await store.inspect()).map(({ key: { target }, dueAt }) => [target.name, dueAt]);
    expect(dues).toEqual([
      ["EARLIER", T0 + QUIET_MS],
      ["LATER", T0 + 300],
      ["TIMES", T0 + 300],
    ]);
  });

  it("hands the name of the last process's kernel to the next", async () => {
    const store = await fresh();
    const opening = { incarnation: "next", now: T0, quietMs: QUIET_MS, poisonAfter: 5 };
    expect((await store.open({ ...opening, kernel: "boot-1" })).kernel).toBeUndefined();
    expect((await store.open(opening)).kernel).toBe("boot-1");
    expect((await store.open(opening)).kernel).toBeUndefined();
  });

  it("leaves pending, parked and settled lanes as they were", async () => {
    const store = await fresh();
    await acceptAll(store, [
      firing(best(1n)),
      firing(count(1n), { dueAt: T0 + 5_000 }),
      firing(bits(1n), { dueAt: T0 - 1 }),
    ]);
    const [oldest, parking] = await store.lease(10, T0);
    if (!oldest || !parking) throw new Error("two lanes are due");
    await endOne(store, oldest, delivered);
    await endOne(store, parking, parked);
    const before = await store.inspect();
    expect(await openAs(store, "second", T0)).toEqual({ released: 0, inDoubt: 0, poisoned: 0, ended: [] });
    expect(await store.inspect()).toEqual(before);
    expect(await store.wake(APP, USER, LATER)).toBe(1);
  });

  it("refuses verbs after close, and finds everything when it is opened again", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n), { once: { match: "m", event: "e", occurrence: "", rule: "r" } }));
    const before = await store.inspect();
    await store.close();
    await store.close();
    await expect(store.accept([])).rejects.toMatchObject({ code: "closed" });
    await expect(store.nextDue()).rejects.toMatchObject({ code: "closed" });
    await expect(store.settle([])).rejects.toMatchObject({ code: "closed" });
    expect(await openAs(store, "second", T0)).toEqual({ released: 0, inDoubt: 0, poisoned: 0, ended: [] });
    expect(await store.inspect()).toEqual(before);
  });

  it("finishes what was asked before close", async () => {
    const store = await fresh();
    const accepting = store.accept([[firing(count(1n))]]);
    const closing = store.close();
    expect(await accepting).toEqual([{ status: "taken", firings: [{ status: "accepted", seq: 1, merged: false }] }]);
    await closing;
    await openAs(store, "second", LATER);
    expect(await onlyLane(store)).toMatchObject({ seq: 1 });
  });
}
