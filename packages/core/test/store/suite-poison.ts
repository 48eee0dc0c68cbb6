import { expect } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import type { LaneEnd } from "../../src/store/lane-store.ts";
import {
  acceptAll,
  acceptOne,
  bits,
  count,
  endOne,
  firing,
  forced,
  journalOf,
  key,
  leaseAndEnd,
  leaseOne,
  onlyLane,
  openAs,
  parked,
  QUIET_MS,
  released,
  stageOne,
  T0,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

export function poisonSuite(it: Check, fresh: Fresh): void {
  it("counts the leases in a row that died with their process, and makes the value a dead letter at the last", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(3n)));
    for (const lost of [1, 2]) {
      await leaseOne(store);
      expect(await openAs(store, "next", T0, 3)).toEqual({ released: 1, inDoubt: 0, poisoned: 0 });
      expect(await onlyLane(store)).toMatchObject({ state: "pending", lostLeases: lost });
    }
    const lane = await leaseOne(store);
    await acceptOne(store, firing(count(5n)));
    expect(await openAs(store, "next", T0 + 8, 3)).toEqual({ released: 0, inDoubt: 0, poisoned: 1 });
    const detail = "The process ended 3 times in a row while this was being sent.";
    const ended = { fromSeq: 1, toSeq: 1, reason: "poison", attempts: 3, at: T0 + 8 };
    expect(await store.deadLetters()).toEqual([
      { id: 1, key: key(count(0n)), value: valueOf(count(3n)), maybeApplied: false, history: [], detail, ...ended },
    ]);
    expect(await store.ended(lane.id, 1)).toEqual({ how: "dead", ...ended });
    expect(await onlyLane(store)).toMatchObject({ state: "pending", lostLeases: 0, pending: { count: 5n } });
    expect(await leaseOne(store, T0 + 8)).toMatchObject({ fromSeq: 2, toSeq: 2, attempts: 0, settledAt: T0 + 8 });
  });

  const ends: readonly (readonly [string, LaneEnd])[] = [
    ["a release", released()],
    ["parking", parked],
    ["a settlement", { type: "settled", how: "delivered" }],
  ];
  for (const [what, end] of ends) {
    it(`starts counting over after ${what}`, async () => {
      const store = await fresh();
      await acceptOne(store, firing(count(3n)));
      await leaseOne(store);
      await openAs(store, "next", T0, 2);
      await leaseAndEnd(store, end);
      await store.wake("900100", "7001", T0);
      await acceptOne(store, firing(count(3n)));
      expect((await onlyLane(store)).lostLeases).toBe(0);
      await leaseOne(store);
      expect(await openAs(store, "next", T0, 2)).toMatchObject({ poisoned: 0, released: 1 });
    });
  }

  it("does not count a take-over that finds no lease", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(3n)));
    await stageOne(store, await leaseOne(store));
    expect(await openAs(store, "next", T0, 2)).toMatchObject({ inDoubt: 1 });
    for (const _ of [1, 2, 3]) {
      expect(await openAs(store, "next", T0, 2)).toEqual({ released: 0, inDoubt: 1, poisoned: 0 });
    }
    expect((await onlyLane(store)).lostLeases).toBe(1);
  });

  it("says that what was staged or in doubt may be applied, and forgets the baseline it cannot vouch for", async () => {
    const store = await fresh();
    const progress = { count: 1n, unlocked: false, at: T0 };
    await acceptAll(store, [
      firing(count(3n, "A")),
      firing(count(3n, "B")),
      firing(bits(1n, 7, "C")),
      firing(count(3n, "D")),
    ]);
    for (const lane of await store.lease(10, T0)) await endOne(store, lane, { ...released(), progress });
    for (const lane of await store.lease(10, T0)) {
      const name = lane.key.target.name;
      if (name !== "D") await stageOne(store, lane, { count: 1n });
      const dueAt = T0 + 1;
      if (name === "A") await endOne(store, lane, { type: "in-doubt", journal: journalOf(lane, { count: 1n }), dueAt });
    }
    await leaseOne(store, T0 + 1);
    expect(await openAs(store, "next", T0, 1)).toEqual({ released: 0, inDoubt: 0, poisoned: 4 });
    const letters = (await store.deadLetters()).map(({ key: { target }, maybeApplied }) => [target.name, maybeApplied]);
    expect(letters.sort()).toEqual([
      ["A", true],
      ["B", true],
      ["C", true],
      ["D", false],
    ]);
    expect((await store.inspect()).filter((lane) => lane.progress).map((lane) => lane.key.target.name)).toEqual(["D"]);
    expect(await store.owed()).toEqual({ pending: 0, inFlight: 0, inDoubt: 0, parked: 0, dead: 4, setAside: 0 });
  });

  it("holds a later forced score back for a quiet period after a poisoned one that was staged", async () => {
    const store = await fresh();
    await acceptOne(store, firing(forced(3n)));
    await stageOne(store, await leaseOne(store));
    await acceptOne(store, firing(forced(9n)));
    expect(await openAs(store, "next", T0, 1)).toMatchObject({ poisoned: 1 });
    expect(await store.nextDue()).toBe(T0 + QUIET_MS);
  });
}
