import { expect, test } from "vitest";
import { createGovernor } from "./governor.ts";
import { manualClock } from "../runtime/manual-clock.ts";

test("no more than `limit` permits are in use", () => {
  const governor = createGovernor({ clock: manualClock(), limit: 2 });

  expect([governor.tryAcquire(), governor.tryAcquire(), governor.tryAcquire()]).toEqual([true, true, false]);
  expect(governor.free).toBe(0);
  governor.release();
  expect(governor.free).toBe(1);
});

test("a release tells who waits for permits", () => {
  const governor = createGovernor({ clock: manualClock(), limit: 1 });
  let told = 0;
  const stop = governor.onFree(() => (told += 1));

  governor.tryAcquire();
  governor.release();
  expect(told).toBe(1);
  stop();
  governor.tryAcquire();
  governor.release();
  expect(told).toBe(1);
});

test("a pause gives none until its end, then one at a time until an answer is good", async () => {
  const clock = manualClock(1_000);
  const governor = createGovernor({ clock, limit: 8 });
  let told = 0;
  governor.onFree(() => (told += 1));

  governor.pause(6_000, "credentials");
  expect(governor.paused).toEqual({ reason: "credentials", until: 6_000 });
  expect(governor.tryAcquire()).toBe(false);
  await clock.advance(4_999);
  expect([governor.free, told]).toEqual([0, 0]);

  await clock.advance(1);
  expect([governor.free, told]).toEqual([1, 1]);
  expect([governor.tryAcquire(), governor.tryAcquire()]).toEqual([true, false]);

  governor.answered(false);
  expect(governor.tryAcquire()).toBe(false);
  governor.release();
  expect([governor.tryAcquire(), governor.tryAcquire()]).toEqual([true, false]);

  governor.answered(true);
  expect(governor.paused).toBeUndefined();
  expect(governor.free).toBe(7);
});

test("a good answer to what was sent before the pause does not end it", async () => {
  const clock = manualClock();
  const governor = createGovernor({ clock, limit: 2 });
  governor.tryAcquire();
  governor.pause(clock.now() + 100, "rate-limited");

  governor.answered(true);
  governor.release();
  expect(governor.free).toBe(0);
  await clock.advance(100);
  expect(governor.free).toBe(1);
});

test("the later of two ends holds, and a probe can lead to another pause", async () => {
  const clock = manualClock(0);
  const governor = createGovernor({ clock, limit: 2 });

  governor.pause(500, "rate-limited");
  governor.pause(200, "permission");
  expect(governor.paused?.until).toBe(500);
  await clock.advance(500);
  expect(governor.tryAcquire()).toBe(true);
  governor.pause(900, "rate-limited");
  governor.release();
  expect(governor.free).toBe(0);
  await clock.advance(400);
  expect(governor.free).toBe(1);
  governor.close();
  expect(clock.waiting).toBe(0);
});

test("who waits for a permit gets one in turn; a pause and a close send everybody away without", async () => {
  const clock = manualClock();
  const governor = createGovernor({ clock, limit: 1 });
  const got: string[] = [];
  const ask = (name: string): void => void governor.acquire().then((acquired) => got.push(`${name} ${acquired}`));

  ask("first");
  ask("second");
  ask("third");
  await clock.advance(0);
  expect(got).toEqual(["first true"]);
  governor.release();
  await clock.advance(0);
  expect([got.at(-1), governor.free]).toEqual(["second true", 0]);
  governor.pause(clock.now() + 100, "rate-limited");
  ask("fourth");
  await clock.advance(0);
  expect(got.slice(2)).toEqual(["third false", "fourth false"]);

  governor.release();
  await clock.advance(100);
  ask("probe");
  ask("fifth");
  await clock.advance(0);
  expect(got.slice(4)).toEqual(["probe true", "fifth false"]);
  governor.answered(true);
  ask("sixth");
  governor.turnAway();
  await clock.advance(0);
  expect(got.at(-1)).toBe("sixth false");
});
