import { expect, test } from "vitest";
import { median, percentile } from "./statistics.ts";

test("a percentile has its share of the samples below it, in whatever order they came", () => {
  const samples = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
  expect([percentile(samples, 0.5), percentile(samples, 0.99), percentile(samples, 1)]).toEqual([51, 100, 100]);
  expect(percentile([], 0.5)).toBeNaN();
});

test("a median lies in the middle, or halfway between two", () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 7])).toBe(6);
});
