import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import type { ManualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { mortalStore } from "./mortal-store.ts";
import { QUIET, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";
import type { ScriptedPlatform } from "./scripted-platform.ts";

const DAY = 86_400_000;
const TAKEOVER = 2 * QUIET;
const score = (value: bigint, force: boolean): Intent => ({
  kind: "submitScore",
  target: "BEST",
  entry: { score: value },
  force,
});
const best = (value: bigint): Intent => score(value, false);
const forced = (value: bigint): Intent => score(value, true);

/** A process of its own over what others left, with a wall clock of its own. */
async function process(parts: {
  store: LaneStore;
  platform: ScriptedPlatform;
  clock: ManualClock;
  wallAhead?: number;
}) {
  const { store, platform, clock, wallAhead = 0 } = parts;
  const own: ManualClock = { ...clock, now: () => clock.now() + wallAhead };
  const mortal = mortalStore(store);
  return { ...(await world({ store: mortal, platform, clock: own, takeoverQuietMs: TAKEOVER })), die: mortal.die };
}

const scene = () => {
  const clock = manualClock();
  return { clock, platform: scriptedPlatform(clock), store: memoryStore() };
};
const standing = (platform: ScriptedPlatform): bigint | undefined => platform.scores.get("BEST")?.score;

describe("an older best score that lands late leaves a newer forced one alone", () => {
  test("where a deploy adds the board's first forced rule", async () => {
    const parts = scene();
    parts.platform.scripts.push({ effectAfterMs: QUIET - 1 });
    const before = await process(parts);
    await before.accept(best(10n));
    await parts.clock.advance(0);
    before.die();
    const after = await process(parts);
    await after.accept(forced(3n));
    await parts.clock.advance(3 * TAKEOVER);
    expect(standing(parts.platform)).toBe(3n);
  });

  test("where the next process's clock is ahead", async () => {
    const parts = scene();
    parts.platform.scripts.push({ effectAfterMs: QUIET - 1 });
    const before = await process(parts);
    await before.accept(forced(10n));
    await parts.clock.advance(10);
    const closed = before.outbox.close(0);
    await parts.clock.advance(10);
    await closed;
    const after = await process({ ...parts, wallAhead: DAY });
    await after.accept(forced(3n));
    await parts.clock.advance(3 * TAKEOVER);
    expect(standing(parts.platform)).toBe(3n);
  });

  test("where the older one died while its last request was unanswered", async () => {
    const clock = manualClock();
    const platform = scriptedPlatform(clock);
    const w = await world({ clock, platform, maxAgeMs: 100, backoffMs: 200, maxBackoffMs: 200 });
    // Both of its tries land late; at the second it is too old.
    platform.scripts.push({ effectAfterMs: QUIET - 1 }, { effectAfterMs: QUIET - 1 });
    await w.accept(best(10n));
    await clock.advance(500);
    expect(w.ended.map(({ record }) => record.reason)).toEqual(["too-old"]);
    await w.accept(forced(3n));
    await clock.advance(3 * QUIET);
    expect(standing(platform)).toBe(3n);
  });

  test("where the older one is requeued after it died", async () => {
    const parts = scene();
    const w = await process(parts);
    parts.platform.scripts.push({ outcome: { status: "rejected", reason: "refused-parameter" } });
    await w.accept(best(10n));
    await parts.clock.advance(0);
    await w.accept(forced(3n));
    await parts.clock.advance(0);
    const [letter] = await w.store.deadLetters();
    expect(await w.store.requeue(letter?.id ?? 0, parts.clock.now())).toBe(false);
    await parts.clock.advance(QUIET);
    expect(standing(parts.platform)).toBe(3n);
  });
});

test("an answer after a take-over that may have landed twice says that nobody knows whether it improved", async () => {
  const parts = scene();
  const before = await process(parts);
  const { deliver } = parts.platform;
  parts.platform.deliver = async (write, signal) => {
    await deliver(write, signal);
    before.die();
    return new Promise(() => undefined);
  };
  await before.accept(best(10n));
  await parts.clock.advance(0);
  parts.platform.deliver = deliver;
  const after = await process(parts);
  await parts.clock.advance(TAKEOVER);
  expect(after.ended.map(({ improved }) => improved)).toEqual(["unknown"]);
});

/** What happens to a lane, in any order. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ score: fc.bigInt(1n, 9n), force: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ waitMs: fc.integer({ min: 0, max: 2 * QUIET }) }) },
  { weight: 2, arbitrary: fc.record({ kill: fc.constantFrom(0, DAY, -DAY, 9 * DAY) }) },
);
const fate = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.constantFrom("answer" as const, "lost-after-effect" as const, "lost-before-effect" as const),
  },
  { weight: 3, arbitrary: fc.record({ effectAfterMs: fc.integer({ min: 1, max: QUIET - 1 }) }) },
);

test("whatever is lost, late or killed, a board ends as its reports say", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 14 }),
      fc.array(fate, { maxLength: 12 }),
      async (steps, fates) => {
        const parts = scene();
        parts.platform.scripts.push(...fates);
        let life = await process(parts);
        let wallAhead = 0;
        let expected: bigint | undefined;
        for (const one of steps) {
          if ("score" in one) {
            await life.accept(score(one.score, one.force));
            expected = one.force || expected === undefined || one.score > expected ? one.score : expected;
          } else if ("waitMs" in one) await parts.clock.advance(one.waitMs);
          else {
            life.die();
            wallAhead += one.kill;
            life = await process({ ...parts, wallAhead });
          }
        }
        await parts.clock.advance(20 * TAKEOVER);
        life.die();
        expect(standing(parts.platform)).toBe(expected);
      },
    ),
    { numRuns: 60, seed: 9 },
  );
});
