import { expect, test } from "vitest";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import { createLatencyWatch } from "./latency-watch.ts";

/** `count` good answers that took `ms` each, under demand unless told otherwise. */
function answers(limit: AdaptiveLimit, count: number, ms: number, isInDemand = true): void {
  for (let n = 0; n < count; n += 1) limit.good({ kind: "write", sentAt: 1_000, answeredAt: 1_000 + ms, isInDemand });
}

test("a platform that has become slow costs a fifth for each window, one that is fast again gives it back", () => {
  const limit = new AdaptiveLimit(64);
  answers(limit, 640, 80);
  expect(limit.at(0)).toBe(64);
  answers(limit, 64, 400);
  expect(limit.at(0)).toBe(51);
  answers(limit, 51, 400);
  expect(limit.at(0)).toBe(40);
  answers(limit, 1_000, 80);
  expect(limit.at(0)).toBe(64);
});

test("neither an outlier nor a burst of them costs anything", () => {
  const limit = new AdaptiveLimit(64);
  answers(limit, 200, 80);
  answers(limit, 1, 9_000);
  answers(limit, 64, 80);
  answers(limit, 20, 3_000);
  answers(limit, 100, 80);
  expect(limit.at(0)).toBe(64);
});

test("what a busy process adds by itself is not taken for the platform's", () => {
  const limit = new AdaptiveLimit(64);
  answers(limit, 200, 1);
  answers(limit, 1_000, 90);
  expect(limit.at(0)).toBe(64);
});

test("a platform that stays slower is what is usual before long, and the limit comes back", () => {
  const limit = new AdaptiveLimit(64);
  answers(limit, 200, 100);
  answers(limit, 300, 400);
  expect(limit.at(0)).toBeGreaterThan(16);
  answers(limit, 2_000, 400);
  expect(limit.at(0)).toBe(64);
});

test("grows only where permits are short", () => {
  const limit = new AdaptiveLimit(64);
  limit.limited(1, 2);
  expect(limit.at(2)).toBe(32);
  answers(limit, 100, 80, false);
  expect(limit.at(2)).toBe(32);
  answers(limit, 400, 80);
  expect(limit.at(2)).toBe(64);
});

test("begins again with one, and doubles in the time of an answer up to where it was", () => {
  const limit = new AdaptiveLimit(64);
  limit.restart();
  const seen = [limit.at(0)];
  for (let round = 0; round < 6; round += 1) {
    answers(limit, limit.at(0), 80);
    seen.push(limit.at(0));
  }
  expect(seen).toEqual([1, 2, 4, 8, 16, 32, 64]);
});

test("reads and writes are timed apart", () => {
  const limit = new AdaptiveLimit(16);
  answers(limit, 100, 50);
  for (let n = 0; n < 100; n += 1) limit.good({ kind: "read", sentAt: 0, answeredAt: 900, isInDemand: true });
  expect(limit.at(0)).toBe(16);
});

test("a window is judged by its median", () => {
  const watch = createLatencyWatch();
  const hear = (ms: number, times: number) => Array.from({ length: times }, () => watch.hear(ms, 1)).at(-1);
  expect(hear(50, 16)).toBe("steady");
  expect(hear(500, 7)).toBe("slow");
  expect(hear(50, 9)).toBe("steady");
  expect(hear(500, 9)).toBe("slow");
  expect(hear(50, 6)).toBe("steady");
  expect(hear(500, 1)).toBe("slowed");
});
