import { expect, test } from "vitest";
import { untilNone } from "../src/runtime/time.ts";

test("what goes on is waited for, however slowly; what stands still is given up on", async () => {
  const left = [3, 3, 2, 2, 1, 1, 0];
  expect(await untilNone(() => left.shift() ?? 9, 10_000, 1)).toBe(true);
  expect(left).toEqual([]);
  // It moves, and does not fall.
  let looks = 0;
  expect(await untilNone(() => 5 + ((looks += 1) % 2), 20, 1)).toBe(false);
  expect(looks).toBeGreaterThan(1);
});
