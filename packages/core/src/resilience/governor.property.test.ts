import fc from "fast-check";
import { expect, test } from "vitest";
import { createGovernor } from "./governor.ts";
import type { Answer, Governor, Permit } from "./governor.ts";
import { manualClock } from "../runtime/manual-clock.ts";
import type { ManualClock } from "../runtime/manual-clock.ts";
import { seededRandom } from "../runtime/random.ts";

type Step =
  | { readonly do: "ask"; readonly kind: "read" | "write"; readonly asked: string }
  | { readonly do: "end"; readonly which: number; readonly answer: Answer<string> | undefined }
  | { readonly do: "usage"; readonly percent: number }
  | { readonly do: "pass"; readonly ms: number };

const answer: fc.Arbitrary<Answer<string> | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ is: "good" as const }) },
  { weight: 6, arbitrary: fc.constant({ is: "failed" as const, reason: "no-answer" }) },
  fc.record({ is: fc.constant("limited" as const), reason: fc.constant("rate-limited"), ofUser: fc.boolean() }),
  fc.record({
    is: fc.constant("refused" as const),
    reason: fc.constant("credentials"),
    limit: fc.boolean(),
    afterMs: fc.option(fc.nat({ max: 5_000 }), { nil: undefined }),
  }),
  fc.constant({ is: "neither" as const }),
  fc.constant(undefined),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("ask" as const),
      kind: fc.constantFrom("read", "write"),
      asked: fc.constantFrom("a", "b", "c", "d"),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("end" as const), which: fc.nat({ max: 9 }), answer }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("usage" as const), percent: fc.nat({ max: 120 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("pass" as const), ms: fc.constantFrom(1, 90, 1_000, 60_000) }) },
);

/** A governor, and what its users hold and wait for. */
class Driven {
  readonly governor: Governor;
  readonly clock: ManualClock;
  readonly permits: { readonly permit: Permit<string>; readonly whileOpen: boolean }[] = [];
  readonly most: number;
  waiting = 0;

  constructor(most: number, seed: number) {
    this.clock = manualClock();
    this.most = most;
    this.governor = createGovernor({ clock: this.clock, random: seededRandom(seed), limit: most });
  }

  ask(kind: "read" | "write", asked: string): void {
    this.waiting += 1;
    const whileOpen = this.governor.held === undefined;
    void this.governor.acquire({ kind, asked }).then((permit) => {
      this.waiting -= 1;
      if (permit !== undefined) this.permits.push({ permit, whileOpen });
    });
  }

  async take(one: Step): Promise<void> {
    if (one.do === "ask") this.ask(one.kind, one.asked);
    else if (one.do === "usage") this.governor.usage(one.percent);
    else if (one.do === "pass") await this.clock.advance(one.ms);
    else this.permits.splice(one.which % Math.max(1, this.permits.length), 1)[0]?.permit.end(one.answer);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("never more in use than the limit allowed when they were given; none lost, none given twice; no waiter forgotten", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 24 }),
      fc.nat(),
      fc.array(step, { maxLength: 150 }),
      async (most, seed, steps) => {
        const driven = new Driven(most, seed);
        const { governor, permits } = driven;
        for (const one of steps) {
          const before = permits.length;
          await driven.take(one);
          const { state, limit, inUse, waiting } = governor.throttle();
          expect(limit).toBeGreaterThanOrEqual(1);
          expect(limit).toBeLessThanOrEqual(most);
          expect(inUse).toBe(permits.length);
          expect(waiting).toBe(driven.waiting);
          // The limit may fall below what is in use; nothing is given until it is above again.
          if (permits.length > before) expect(inUse).toBeLessThanOrEqual(limit);
          // Who asked while it was not open probes: alone.
          expect(permits.filter(({ whileOpen }) => !whileOpen).length > 1 && state === "probing").toBe(false);
          // Nobody waits while a permit may be had, or while it is not open.
          if (waiting > 0) expect([state, inUse]).not.toEqual(["open", 0]);
          if (state !== "open") expect(waiting).toBe(0);
        }
        // Every waiter ends once those before it have.
        for (let turn = 0; driven.waiting + permits.length > 0 && turn < 1_000; turn += 1) {
          await driven.take({ do: "end", which: 0, answer: { is: "good" } });
        }
        expect([driven.waiting, permits.length, governor.throttle().inUse]).toEqual([0, 0, 0]);
        governor.close();
        expect(driven.clock.waiting).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});

test("whatever happened, good answers under demand bring it back to all it may have", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 24 }),
      fc.nat(),
      fc.array(step, { maxLength: 80 }),
      async (most, seed, steps) => {
        const driven = new Driven(most, seed);
        for (const one of steps) await driven.take(one);
        // Old words on usage are forgotten, pauses are over.
        await driven.clock.advance(120_000);
        for (let turn = 0; turn < 400; turn += 1) {
          while (driven.waiting === 0 && driven.governor.isFree) {
            driven.ask("write", "a");
            await Promise.resolve();
          }
          driven.ask("write", "a");
          await driven.take({ do: "end", which: 0, answer: { is: "good" } });
        }
        expect(driven.governor.throttle()).toMatchObject({ state: "open", limit: most });
        driven.governor.close();
      },
    ),
    { numRuns: 30 },
  );
});

test("while everything fails, requests come no faster than is documented, whoever asks and however often", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 64 }), async (seed, most) => {
      const driven = new Driven(most, seed);
      const { governor, clock, permits } = driven;
      const sent: number[] = [];
      for (let turn = 0; turn < 300; turn += 1) {
        for (let n = 0; n < 5; n += 1) driven.ask(n % 2 === 0 ? "write" : "read", `lane ${n}`);
        await new Promise((resolve) => setImmediate(resolve));
        sent.push(...permits.map(() => clock.now()));
        for (const { permit } of permits.splice(0)) permit.end({ is: "failed", reason: "no-answer" });
        await clock.advance(100);
      }
      const start = sent[0] ?? 0;
      const noticed = sent.filter((at) => at < start + 1_000).length;
      expect(noticed).toBeLessThanOrEqual(10 + most + 3);
      for (const from of sent.filter((at) => at >= start + 5_000)) {
        expect(sent.filter((at) => at >= from && at < from + 2_500)).toHaveLength(1);
      }
      expect(sent.length).toBeGreaterThan(10);
      governor.close();
    }),
    { numRuns: 10 },
  );
});
