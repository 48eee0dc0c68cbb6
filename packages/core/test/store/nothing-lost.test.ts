import fc from "fast-check";
import { expect, it } from "vitest";
import type { LaneValue } from "../../src/intent/lane-value.ts";
import type { LaneEnd, LaneStore, LeasedLane } from "../../src/store/lane-store.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { count, firing, journalOf, openAs, QUIET_MS, released, T0 } from "./lane-steps.ts";

/** One lane of counts, so that a plain sum says what must be where. */
type Step =
  | "settled"
  | "released"
  | "in-doubt"
  | "parked"
  | "dead"
  | "wake"
  | "takeOver"
  | "requeue"
  | "stage"
  | bigint;

const LEASING: ReadonlySet<Step> = new Set(["settled", "released", "in-doubt", "parked", "dead", "stage"]);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.bigInt({ min: 1n, max: 2n ** 55n }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Step[]>(
      "settled",
      "released",
      "in-doubt",
      "parked",
      "dead",
      "wake",
      "takeOver",
      "requeue",
      "stage",
    ),
  },
);

const countOf = (value: LaneValue | undefined): bigint => (value?.type === "achievement" ? value.count : 0n);

function endOf(type: Step, lane: LeasedLane): LaneEnd | undefined {
  if (type === "settled") return { type, how: "delivered" };
  if (type === "released") return released();
  if (type === "in-doubt") return { type, journal: journalOf(lane), dueAt: T0 };
  if (type === "parked") return { type };
  return type === "dead" ? { type, reason: "too-old", maybeApplied: false } : undefined;
}

async function take(store: LaneStore, one: Step): Promise<bigint> {
  if (typeof one === "bigint") await store.accept([[firing(count(one))]]);
  if (one === "wake") await store.wake("900100", "7001", T0);
  if (one === "takeOver") await openAs(store, "next", T0 - QUIET_MS, 3);
  if (one === "requeue") await store.requeue((await store.deadLetters())[0]?.id ?? 0, T0);
  if (typeof one === "bigint" || !LEASING.has(one)) return 0n;
  const [lane] = await store.lease(1, T0);
  if (!lane) return 0n;
  const { id, leaseToken, fromSeq, toSeq } = lane;
  expect(fromSeq).toBeLessThanOrEqual(toSeq);
  const end = endOf(one, lane);
  if (end === undefined) {
    await store.stage([{ lane: id, leaseToken, journal: journalOf(lane) }]);
    return 0n;
  }
  await store.settle([{ lane: id, leaseToken, now: T0, end }]);
  return one === "settled" ? countOf(lane.value) : 0n;
}

it("whatever is accepted is settled, dead or still owed, to the unit, and every settled seq has one record", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      const store = memoryStore();
      await openAs(store, "first");
      let settled = 0n;
      for (const one of steps) settled += await take(store, one);
      const accepted = steps.reduce<bigint>((sum, one) => (typeof one === "bigint" ? sum + one : sum), 0n);
      const dead = (await store.deadLetters()).reduce((sum, { value }) => sum + countOf(value), 0n);
      const [lane] = await store.inspect();
      expect(settled + dead + countOf(lane?.pending) + countOf(lane?.inFlight)).toBe(accepted);
      for (let seq = 1; seq <= (lane?.seq ?? 0); seq += 1) {
        const record = await store.ended(lane?.id ?? "", seq);
        expect(record !== undefined).toBe(seq <= (lane?.settledThrough ?? 0));
      }
    }),
    { numRuns: 300 },
  );
});
