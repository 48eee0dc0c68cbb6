import fc from "fast-check";
import { expect, test } from "vitest";
import { fullJitter } from "./backoff.ts";

test.each([
  [0, 0.5, 100],
  [1, 0.5, 200],
  [2, 0.25, 200],
  [10, 0.5, 30_000],
  [1_000_000, 0.5, 30_000],
  [0, 0, 0],
])("attempt %i with chance %d waits %i ms", (attempt, chance, waitMs) => {
  expect(fullJitter(attempt, {}, chance)).toBe(waitMs);
});

test("a wait is never beyond its bound, and the bound never above the cap", () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 1e6 }),
      fc.integer({ min: 1, max: 1e7 }),
      chance,
      (attempt, baseMs, capMs, random) => {
        const waitMs = fullJitter(attempt, { baseMs, capMs }, random);
        expect(Number.isSafeInteger(waitMs)).toBe(true);
        expect(waitMs).toBeGreaterThanOrEqual(0);
        expect(waitMs).toBeLessThanOrEqual(capMs);
      },
    ),
  );
});
