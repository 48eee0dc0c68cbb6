import fc from "fast-check";
import { expect, it } from "vitest";
import { FairQueue, ownerOf } from "./fair-queue.ts";

const id = (user: number, lane: number): string => `1\n${user}\na\nT${lane}`;

it("knows whose a lane is by its id", () => {
  expect(ownerOf("900100\n7001\na\nWINS")).toBe("900100\n7001");
});

it("gives nobody a second share while somebody has not had a first", () => {
  const queue = new FairQueue();
  for (let lane = 0; lane < 9; lane += 1) queue.set(id(1, lane), lane, lane);
  queue.set(id(2, 0), 50, 100);
  queue.set(id(3, 0), 51, 101);
  const few = { share: 2, out: new Map() };
  expect(queue.dueAt(60, 5, few)).toEqual({
    ids: [id(1, 0), id(1, 1), id(2, 0), id(3, 0), id(1, 2)],
    inFirstRound: 4,
  });
  expect(queue.dueAt(60, 1, { share: 2, out: new Map([["1\n1", 2]]) }).ids).toEqual([id(2, 0)]);
  expect(queue.dueAt(49, 3, { share: 2, out: new Map([["1\n1", 256]]) })).toEqual({
    ids: [id(1, 0), id(1, 1), id(1, 2)],
    inFirstRound: 0,
  });
  expect(queue.dueAt(60, 3).ids).toEqual([id(1, 0), id(1, 1), id(1, 2)]);
});

const change = fc.record({
  user: fc.nat({ max: 4 }),
  lane: fc.nat({ max: 9 }),
  due: fc.option(fc.nat({ max: 9 }), { nil: undefined, freq: 4 }),
});
const asked = fc.record({
  now: fc.nat({ max: 9 }),
  limit: fc.nat({ max: 20 }),
  share: fc.integer({ min: 1, max: 4 }),
  out: fc.array(fc.nat({ max: 9 }), { minLength: 5, maxLength: 5 }),
});

it("agrees with a sort by round, due time and age after any changes, and stays as it was", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 120 }), fc.array(asked, { maxLength: 4 }), (changes, asks) => {
      const queue = new FairQueue();
      const lanes = new Map<string, { user: number; due: number; age: number }>();
      for (const { user, lane, due } of changes) {
        const age = user * 10 + lane;
        queue.set(id(user, lane), due, age);
        if (due === undefined) lanes.delete(id(user, lane));
        else lanes.set(id(user, lane), { user, due, age });
      }
      const sorted = [...lanes].sort(([, one], [, other]) => one.due - other.due || one.age - other.age);
      for (const { now, limit, share, out } of asks) {
        const had = [...out];
        const inRounds = sorted
          .filter(([, { due }]) => due <= now)
          .map(([name, { user }]) => {
            const before = had[user] ?? 0;
            had[user] = before + 1;
            return { name, round: Math.floor(before / share) };
          })
          .toSorted((one, other) => one.round - other.round);
        const shared = queue.dueAt(now, limit, { share, out: new Map(out.map((has, user) => [`1\n${user}`, has])) });
        expect(shared.ids).toEqual(inRounds.slice(0, limit).map(({ name }) => name));
        expect(shared.inFirstRound).toBe(Math.min(limit, inRounds.filter(({ round }) => round === 0).length));
      }
      expect(queue.size).toBe(lanes.size);
      expect(queue.first()?.id).toBe(sorted[0]?.[0]);
      expect(queue.dueAt(9, 100).ids).toEqual(sorted.map(([name]) => name));
    }),
  );
});
