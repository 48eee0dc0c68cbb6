import { expect, it } from "vitest";
import { waitBeforeRestart } from "./restart-bound.ts";

it("waits longer from end to end, and gives up at the sixth within ten minutes", () => {
  const waits = [1, 2, 3, 4, 5, 6].map((ends) =>
    waitBeforeRestart(
      Array.from({ length: ends }, (_, index) => index),
      ends,
    ),
  );
  expect(waits).toEqual([100, 400, 1_600, 6_400, 25_600, undefined]);
});

it("counts only the ends of the last ten minutes", () => {
  const ends = [0, 1, 2, 3, 4, 600_002];
  expect(waitBeforeRestart(ends, 600_002)).toBe(1_600);
  expect(waitBeforeRestart([0, 600_000], 600_000)).toBe(100);
});
