import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.ts";
import { steadyClock } from "./steady-clock.ts";

test("a steady clock neither leaps nor steps back with the wall clock beneath it", async () => {
  const beneath = manualClock(1_000_000);
  let setBy = 0;
  const clock = steadyClock({ ...beneath, now: () => beneath.now() + setBy });
  const read: number[] = [];
  for (const by of [0, 60_000, -60_000]) {
    setBy = by;
    await beneath.advance(10);
    read.push(clock.now());
  }
  expect(read).toEqual([1_000_010, 1_000_020, 1_000_030]);
  expect(clock.monotonic()).toBe(30);
});
