import { expect } from "vitest";
import { laneId } from "../../src/intent/intent.ts";
import {
  acceptOne,
  APP,
  count,
  endOne,
  firing,
  leaseAndEnd,
  leaseOne,
  stageOne,
  T0,
  unlock,
  USER,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

export function forgetUserSuite(it: Check, fresh: Fresh): void {
  it("forgets a user whole, and nobody else", async () => {
    const store = await fresh();
    const theirs = firing(unlock(), { once: { match: "m-1", event: "e", occurrence: "o", rule: "r" } });
    const others = { ...theirs, key: { ...theirs.key, user: "77" } };
    for (const one of [theirs, others]) {
      await acceptOne(store, one);
      await leaseAndEnd(store, { type: "settled", how: "delivered", announce: true });
      await store.keepToken(APP, one.key.user, "sealed", T0);
    }
    expect(await store.forgetUser(APP, USER, false)).toEqual({ forgotten: true, owed: 0, inFlight: 0 });
    for (const [user, left] of [
      [USER, 0],
      ["77", 1],
    ] as const) {
      expect(await store.inspect({ app: APP, user })).toHaveLength(left);
      expect(await store.announcements(APP, user)).toHaveLength(left);
      expect(await store.remembered({ app: APP, user })).toHaveLength(left);
      expect(await store.sealedToken(APP, user)).toBe(left === 0 ? undefined : "sealed");
    }
    expect(await store.ended(laneId(others.key), 1)).toMatchObject({ how: "delivered" });
    // What comes again counts again, with seqs that nobody was told before.
    const again = await acceptOne(store, theirs);
    expect(again).toMatchObject({ status: "accepted" });
    expect(again && "seq" in again && again.seq).toBeGreaterThan(1);
  });

  it("refuses while something is owed, unless told, and always while something is being sent", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(3n)));
    expect(await store.forgetUser(APP, USER, false)).toEqual({ forgotten: false, owed: 1, inFlight: 0 });
    const lane = await leaseOne(store);
    await stageOne(store, lane);
    expect(await store.forgetUser(APP, USER, true)).toEqual({ forgotten: false, owed: 1, inFlight: 1 });
    expect(await store.inspect({ app: APP, user: USER })).toHaveLength(1);
    await endOne(store, lane, { type: "dead", reason: "never-resolved", maybeApplied: true });
    expect(await store.forgetUser(APP, USER, false)).toEqual({ forgotten: false, owed: 1, inFlight: 0 });
    expect(await store.deadLetters()).toHaveLength(1);
    expect(await store.forgetUser(APP, USER, true)).toEqual({ forgotten: true, owed: 1, inFlight: 0 });
    expect(await store.deadLetters()).toEqual([]);
    expect(await store.owed()).toMatchObject({ pending: 0, inFlight: 0, dead: 0 });
  });

  it("forgets somebody who never was", async () => {
    const store = await fresh();
    expect(await store.forgetUser(APP, "99", false)).toEqual({ forgotten: true, owed: 0, inFlight: 0 });
  });
}
