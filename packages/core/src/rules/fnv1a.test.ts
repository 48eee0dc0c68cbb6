import { expect, test } from "vitest";
import { fnv1a } from "./fnv1a.ts";

/** The vectors that come with the algorithm. */
test.each([
  ["", "811c9dc5"],
  ["a", "e40c292c"],
  ["b", "e70c2de5"],
  ["foobar", "bf9cf968"],
])("of %j is %s", (text, expected) => {
  expect(fnv1a(text)).toBe(expected);
});

test("keeps all digits of a small hash, and tells characters beyond Latin-1 apart", () => {
  const digests = Array.from({ length: 4_000 }, (_, n) => fnv1a(String.fromCharCode(n)));
  expect(new Set(digests.map((digest) => digest.length))).toEqual(new Set([8]));
  expect(new Set(digests).size).toBe(4_000);
});
