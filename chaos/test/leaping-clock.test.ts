import { expect, test } from "vitest";
import { leapingClock } from "../src/game/runtime/leaping-clock.ts";

/** A thread that begins when its process is some seconds old already. */
function lateThread() {
  let ms = 5_000;
  const base = { now: () => 1_000_000 + ms, monotonic: () => ms, after: () => ({ cancel: () => {} }) };
  return { base, pass: (more: number): void => void (ms += more) };
}

test("leaps come at ages of the clock, however old its process is when it is made", () => {
  const { base, pass } = lateThread();
  const told: number[] = [];
  const clock = leapingClock(
    [
      { afterMs: 900, byMs: -60 },
      { afterMs: 600, byMs: 60 },
    ],
    { base, onLeap: (byMs) => told.push(byMs) },
  );
  const offset = (): number => clock.now() - base.now();
  expect([offset(), clock.monotonic()]).toEqual([0, 5_000]);
  pass(599);
  expect([offset(), told]).toEqual([0, []]);
  pass(1);
  expect([offset(), told]).toEqual([60, [60]]);
  pass(300);
  expect([offset(), told]).toEqual([0, [60, -60]]);
  pass(10_000);
  expect([offset(), told, clock.monotonic()]).toEqual([0, [60, -60], 15_900]);
});

test("a clock that is off is so from its first instant, and tells of no leap", () => {
  const { base, pass } = lateThread();
  const told: number[] = [];
  const clock = leapingClock([{ afterMs: 10, byMs: 5 }], {
    base,
    offsetMs: -86_400_000,
    onLeap: (by) => told.push(by),
  });
  expect([clock.now() - base.now(), told]).toEqual([-86_400_000, []]);
  pass(10);
  expect([clock.now() - base.now(), told]).toEqual([-86_399_995, [5]]);
});
