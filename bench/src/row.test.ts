import { expect, test } from "vitest";
import { rowOf } from "./row.ts";

const measured = { name: "rate", what: "how fast", unit: "/s" };

test("a value at its goal is ok, and nobody is asked what bounds it", () => {
  const bound = () => expect.fail("asked what bounds a goal that was met");
  expect(rowOf({ ...measured, value: 3, goal: { atLeast: 3 }, bound })).toMatchObject({ value: 3, status: "ok" });
  expect(rowOf({ ...measured, value: 3, goal: { atMost: 3 }, bound })).toMatchObject({ value: 3, status: "ok" });
});

test("a missed goal says what bounds it", () => {
  const row = rowOf({ ...measured, value: 2.5, goal: { atLeast: 3 }, bound: () => "fsync" });
  expect(row).toMatchObject({ status: "missed", bound: "fsync" });
});

test("without a value a row is skipped, with the reason; what is known stands beside it", () => {
  const beside = { ours: 1234.5678, theirs: undefined };
  const row = rowOf({ ...measured, value: undefined, goal: { atLeast: 3 }, skipped: "no redis-server", beside });
  expect(row).toMatchObject({ value: null, status: "skipped", reason: "no redis-server", beside: { ours: 1235 } });
  expect(row.beside).not.toHaveProperty("theirs");
});

test("without a goal a row informs", () => {
  expect(rowOf({ ...measured, value: 0.012345 })).toMatchObject({ value: 0.0123, status: "measured" });
});
