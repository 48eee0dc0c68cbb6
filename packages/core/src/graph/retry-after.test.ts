import { expect, test } from "vitest";
import { readRetryAfter } from "./retry-after.ts";

/** 1994-11-06 08:49:37 UTC, the date of RFC 9110's example. */
const example = 784_111_777_000;

test.each([
  ["0", 0],
  ["1", 1_000],
  [" 120 ", 120_000],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 0],
  ["Sun, 06 Nov 1994 08:50:07 GMT", 30_000],
  ["Sun, 06 Nov 1994 08:00:00 GMT", 0],
  ["Sunday, 06-Nov-94 08:50:07 GMT", 30_000],
  ["999999999", 86_400_000],
])("%s orders a wait of %i ms", (header, waitMs) => {
  expect(readRetryAfter(header, example)).toBe(waitMs);
});

test.each([undefined, "", "soon", "-1", "1.5", "1e3", "99999999999999"])("%s orders nothing", (header) => {
  expect(readRetryAfter(header, example)).toBeUndefined();
});
