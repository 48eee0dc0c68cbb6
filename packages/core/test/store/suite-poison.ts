import { expect } from "vitest";
import { valueOf } from "../../src/intent/lane-value.ts";
import type { LaneEnd } from "../../src/store/lane-store.ts";
import {
  acceptAll,
  acceptOne,
  best,
  bits,
  count,
  delivered,
  endOne,
  firing,
  forced,
  journalOf,
  key,
  leaseOne,
  onlyLane,
  openAs,
  parked,
  QUIET_MS,
  released,
  stageOne,
  T0,
  unlock,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

const kill = async (store: Awaited<ReturnType<Fresh>>, poisonAfter: number) => {
  await stageOne(store, await leaseOne(store));
  return openAs(store, "next", T0, poisonAfter);
};

export function poisonSuite(it: Check, fresh: Fresh): void {
  it("counts the staged attempts in a row that died with their process, and makes the value a dead letter at the last", async () => {
    const store = await fresh();
    await acceptOne(store, firing(unlock()));
    for (const lost of [1, 2]) {
      expect(await kill(store, 3)).toMatchObject({ released: 1, poisoned: 0 });
      expect(await onlyLane(store)).toMatchObject({ state: "pending", lostLeases: lost });
    }
    const lane = await leaseOne(store);
    await stageOne(store, lane);
    await acceptOne(store, firing(unlock()));
    const detail = "The process ended 3 times in a row while this was being sent.";
    const ended = { fromSeq: 1, toSeq: 1, reason: "poison", attempts: 3, at: T0 + 8 };
    const record = { how: "dead", ...ended };
    const taken = { released: 0, inDoubt: 0, poisoned: 1, ended: [{ lane: lane.id, key: lane.key, record }] };
    expect(await openAs(store, "next", T0 + 8, 3)).toEqual(taken);
    expect(await store.deadLetters()).toEqual([
      { id: 1, key: key(unlock()), value: valueOf(unlock()), maybeApplied: true, history: [], detail, ...ended },
    ]);
    expect(await store.ended(lane.id, 1)).toEqual(record);
    expect(await onlyLane(store)).toMatchObject({ state: "pending", lostLeases: 0 });
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
      await acceptOne(store, firing(unlock()));
      await kill(store, 2);
      const again = await leaseOne(store);
      await stageOne(store, again);
      await endOne(store, again, end);
      await store.wake("900100", "7001", T0);
      await acceptOne(store, firing(unlock()));
      expect((await onlyLane(store)).lostLeases).toBe(0);
      expect(await kill(store, 2)).toMatchObject({ poisoned: 0, released: 1 });
    });
  }

  it("blames no value that was never staged, however often its process dies", async () => {
    const store = await fresh();
    await acceptOne(store, firing(unlock()));
    for (const _ of [1, 2, 3, 4, 5]) {
      await leaseOne(store);
      expect(await openAs(store, "next", T0, 2)).toEqual({ released: 1, inDoubt: 0, poisoned: 0, ended: [] });
    }
    expect((await onlyLane(store)).lostLeases).toBe(0);
  });

  it("finds out about a count before it gives it up, and does not count the search", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(3n)));
    expect(await kill(store, 1)).toMatchObject({ inDoubt: 1, poisoned: 0 });
    for (const _ of [1, 2, 3]) {
      await leaseOne(store, T0 + QUIET_MS);
      expect(await openAs(store, "next", T0 + QUIET_MS, 1)).toMatchObject({ inDoubt: 1, poisoned: 0 });
    }
    const verdict = await leaseOne(store, T0 + QUIET_MS);
    expect(verdict).toMatchObject({ lostLeases: 1, journal: { n: 3n } });
    await endOne(store, verdict, released(T0 + QUIET_MS), T0 + QUIET_MS);
    expect((await onlyLane(store)).lostLeases).toBe(1);
  });

  it("leases a value whose attempts died twice alone: others first, then nothing beside it", async () => {
    const store = await fresh();
    await acceptOne(store, firing(unlock("SUSPECT"), { at: T0 }));
    await kill(store, 5);
    await kill(store, 5);
    await acceptAll(store, [
      firing(unlock("BEFORE"), { at: T0 - 1 }),
      firing(unlock("AFTER"), { at: T0 + 1 }),
      firing(unlock("LAST"), { at: T0 + 2 }),
    ]);
    const names = async (others: boolean): Promise<string[]> =>
      (await store.lease(10, T0 + 5, { share: 9, out: new Map(others ? [["900100\n7001", 1]] : []) })).map(
        (lane) => `${lane.key.target.name}${lane.alone ? " alone" : ""}`,
      );
    expect(await names(true)).toEqual(["BEFORE"]);
    expect(await names(true)).toEqual([]);
    expect(await names(false)).toEqual(["SUSPECT alone"]);
    expect(await names(true)).toEqual(["AFTER", "LAST"]);
  });

  it("says that what was staged may be applied, and forgets the baseline it cannot vouch for", async () => {
    const store = await fresh();
    const progress = { count: 1n, unlocked: false, at: T0 };
    await acceptAll(store, [firing(bits(1n, 7, "STAGED")), firing(bits(1n, 7, "LEASED"))]);
    for (const lane of await store.lease(10, T0)) await endOne(store, lane, { ...released(), progress });
    for (const lane of await store.lease(10, T0)) if (lane.key.target.name === "STAGED") await stageOne(store, lane);
    expect(await openAs(store, "next", T0, 1)).toMatchObject({ released: 1, inDoubt: 0, poisoned: 1 });
    const letters = (await store.deadLetters()).map(({ key: { target }, maybeApplied }) => [target.name, maybeApplied]);
    expect(letters).toEqual([["STAGED", true]]);
    const known = (await store.inspect()).filter((lane) => lane.progress).map((lane) => lane.key.target.name);
    expect(known).toEqual(["LEASED"]);
    expect(await store.owed()).toEqual({ pending: 1, inFlight: 0, inDoubt: 0, parked: 0, dead: 1, setAside: 0 });
  });

  for (const [what, sent] of [
    ["a forced score", forced(3n)],
    ["a best score", best(3n)],
  ] as const) {
    it(`holds a forced score back for a quiet period after ${what} that was poison`, async () => {
      const store = await fresh();
      await acceptOne(store, firing(sent));
      await stageOne(store, await leaseOne(store));
      await acceptOne(store, firing(forced(9n)));
      expect(await openAs(store, "next", T0, 1)).toMatchObject({ poisoned: 1 });
      expect(await store.nextDue()).toBe(T0 + QUIET_MS);
    });
  }

  it("knows an attempt that nobody ended by how far it came", async () => {
    const store = await fresh();
    const abandoned: LaneEnd = { type: "abandoned", notBefore: T0 + 50, quietUntil: T0 + QUIET_MS };
    await acceptAll(store, [firing(count(1n, "SENT")), firing(count(1n, "UNSENT")), firing(best(1n))]);
    for (const lane of await store.lease(10, T0)) {
      if (lane.key.target.name !== "UNSENT") await stageOne(store, lane);
      await endOne(store, lane, abandoned);
    }
    expect((await store.inspect()).map(({ key: { target }, state, dueAt }) => [target.name, state, dueAt])).toEqual([
      ["SENT", "in-doubt", T0 + QUIET_MS],
      ["UNSENT", "pending", T0 + 50],
      ["TIMES", "pending", T0 + 50],
    ]);
  });

  it("hands back what its holder still has as it stops, and counts nothing lost", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(1n, "SENT")), firing(count(1n, "UNSENT")), firing(forced(1n))]);
    const lanes = await store.lease(10, T0);
    for (const lane of lanes) if (lane.key.target.name !== "UNSENT") await stageOne(store, lane);
    expect(await store.handBack(T0, QUIET_MS)).toBe(3);
    expect((await store.inspect()).map(({ state, dueAt, lostLeases }) => [state, dueAt, lostLeases])).toEqual([
      ["in-doubt", T0 + QUIET_MS, 0],
      ["pending", T0, 0],
      ["pending", T0 + QUIET_MS, 0],
    ]);
    expect(await openAs(store, "next", T0, 1)).toEqual({ released: 0, inDoubt: 0, poisoned: 0, ended: [] });
    const [lane] = lanes;
    if (!lane) throw new Error("three lanes are due");
    const late = { lane: lane.id, leaseToken: lane.leaseToken, now: T0, end: delivered };
    expect(await store.stage([{ lane: lane.id, leaseToken: lane.leaseToken, journal: journalOf(lane) }])).toEqual([
      false,
    ]);
    expect(await store.settle([late])).toEqual([false]);
  });
}
