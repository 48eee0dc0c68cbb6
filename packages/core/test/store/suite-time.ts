import { expect } from "vitest";
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
  leaseAndEnd,
  leaseOne,
  onlyLane,
  openAs,
  parked,
  refused,
  released,
  stageOne,
  T0,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

const DAY = 24 * HOUR;

/** Wall clocks of different processes may have nothing in common. */
const WALLS = [
  ["a day ahead", DAY],
  ["nine days ahead", 9 * DAY],
  ["a day behind", -DAY],
] as const;

export function timeSuite(it: Check, fresh: Fresh): void {
  for (const [what, leap] of WALLS) {
    const now = T0 + leap;

    it(`keeps every wait as long as it was where the next process's clock is ${what}`, async () => {
      const store = await fresh();
      await acceptAll(store, [firing(count(1n), { dueAt: T0 + 5_000 }), firing(best(1n))]);
      await leaseAndEnd(store, released(T0 + 30_000));
      await openAs(store, "second", now);
      expect((await store.inspect()).map(({ dueAt }) => dueAt)).toEqual([now + 5_000, now + 30_000]);
      await acceptOne(store, firing(count(1n), { at: now }));
      expect(await leaseOne(store, now)).toMatchObject({ value: { count: 2n } });
    });

    it(`purges no identity early where the next process's clock is ${what}`, async () => {
      const store = await fresh();
      const once = { match: "m", event: "e", occurrence: "", rule: "r" };
      await acceptOne(store, firing(count(1n), { once }));
      await openAs(store, "second", now);
      await store.purge(now - 7 * DAY);
      expect(await acceptOne(store, firing(count(1n), { once, at: now }))).toMatchObject({ status: "duplicate" });
    });

    it(`makes nothing older where the next process's clock is ${what}`, async () => {
      const store = await fresh();
      await acceptAll(store, [firing(count(1n)), firing(best(1n))]);
      const [waits, parks] = await store.lease(10, T0);
      if (!waits || !parks) throw new Error("two lanes are due");
      await endOne(store, parks, parked);
      await endOne(store, waits, released());
      await openAs(store, "second", now);
      expect(await store.expireParked(now - 7 * DAY, now)).toEqual([]);
      expect((await leaseOne(store, now)).oldestAt).toBe(now);
    });

    it(`lets no forced score pass what is in the air where the next process's clock is ${what}`, async () => {
      const store = await fresh();
      await acceptOne(store, firing(best(9n)));
      const lane = await leaseOne(store);
      await stageOne(store, lane);
      await endOne(store, lane, { ...released(), inTheAirUntil: T0 + 15_000 });
      await openAs(store, "second", now);
      await acceptOne(store, firing(forced(1n), { at: now }));
      expect(await store.lease(10, now + 14_999)).toEqual([]);
      expect((await leaseOne(store, now + 15_000)).value).toMatchObject({ forced: true });
    });
  }

  it("goes on from the last moment that any verb told it of", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n), { dueAt: T0 + 5_000 }));
    expect(await store.lease(10, T0 + 3_000)).toEqual([]);
    await openAs(store, "second", T0 + DAY);
    expect((await onlyLane(store)).dueAt).toBe(T0 + DAY + 2_000);
  });

  for (const [what, end] of [
    ["settled", delivered],
    ["died", refused],
    ["was released", released()],
  ] as const) {
    it(`keeps a best score in the air after a later one ${what}: only then may a forced one leave`, async () => {
      const store = await fresh();
      await acceptOne(store, firing(best(9n)));
      const unanswered = await leaseOne(store);
      await stageOne(store, unanswered);
      await endOne(store, unanswered, { ...released(), inTheAirUntil: T0 + 15_000 });
      await leaseAndEnd(store, end);
      await acceptOne(store, firing(forced(1n)));
      expect(await store.nextDue()).toBe(T0 + 15_000);
    });
  }

  it("keeps a dead score's last request in the air", async () => {
    const store = await fresh();
    await acceptOne(store, firing(best(9n)));
    await leaseAndEnd(store, { ...refused, inTheAirUntil: T0 + 15_000 } as typeof refused);
    await acceptAll(store, [firing(best(5n))]);
    await leaseAndEnd(store, delivered);
    await acceptOne(store, firing(forced(1n)));
    expect(await store.nextDue()).toBe(T0 + 15_000);
  });

  for (const [what, dead] of [
    ["best", best(9n)],
    ["forced", forced(9n)],
  ] as const) {
    it(`drops a requeued ${what} score that is older than a forced one that settled, in flight or pending`, async () => {
      for (const state of ["settled", "in flight", "pending"]) {
        const store = await fresh();
        await acceptOne(store, firing(dead));
        const lane = await leaseAndEnd(store, refused);
        await acceptOne(store, firing(forced(1n)));
        if (state !== "pending") {
          const later = await leaseOne(store);
          if (state === "settled") await endOne(store, later, delivered);
        }
        const [letter] = await store.deadLetters();
        expect(await store.requeue(letter?.id ?? 0, T0), state).toBe(false);
        expect(await store.ended(lane.id, 1)).toMatchObject({ how: "discarded", reason: "overtaken" });
      }
    });
  }

  it("says as what a dead value was sent after all", async () => {
    const store = await fresh();
    await acceptOne(store, firing(best(9n)));
    const lane = await leaseAndEnd(store, refused);
    const [letter] = await store.deadLetters();
    expect(await store.requeue(letter?.id ?? 0, T0)).toBe(true);
    expect(await store.ended(lane.id, 1)).toMatchObject({ how: "requeued", requeuedAs: 2 });
    await leaseAndEnd(store, delivered);
    expect(await store.ended(lane.id, 2)).toMatchObject({ how: "delivered" });
  });

  it("keeps how old a fact was that made a request unnecessary", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const progress = { count: 1n, unlocked: true, at: T0 - 4_000 };
    const lane = await leaseAndEnd(store, { type: "settled", how: "suppressed", progress });
    expect(await store.ended(lane.id, 1)).toMatchObject({ how: "suppressed", factAgeMs: 4_000 });
  });

  it("holds a user's achievements back while their progress is being reset, until it is told otherwise", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(1n)), firing(best(1n))]);
    await store.forgetProgress("900100", "7001", T0 + 60_000);
    expect((await leaseOne(store)).key.target.name).toBe("TIMES");
    await store.forgetProgress("900100", "7001");
    expect((await leaseOne(store)).key.target.name).toBe("WINS");
  });
}
