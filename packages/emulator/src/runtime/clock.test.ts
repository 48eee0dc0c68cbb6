import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemClock } from "./clock.ts";

const LONGEST_MS = 2_147_483_647;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits longer than a timer of the system can", () => {
  const run = vi.fn<() => void>();
  systemClock.schedule(2 * LONGEST_MS + 10, run);
  vi.advanceTimersByTime(2 * LONGEST_MS);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10);
  expect(run).toHaveBeenCalledOnce();
});

it("cancels in any part of a long wait", () => {
  const run = vi.fn<() => void>();
  const cancel = systemClock.schedule(LONGEST_MS + 10, run);
  vi.advanceTimersByTime(LONGEST_MS + 5);
  cancel();
  vi.advanceTimersByTime(LONGEST_MS);
  expect(run).not.toHaveBeenCalled();
  expect(vi.getTimerCount()).toBe(0);
});
