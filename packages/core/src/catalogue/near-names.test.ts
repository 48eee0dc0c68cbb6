import { expect, test } from "vitest";
import { nearNames } from "./near-names.ts";

test("offers the nearest names first, whatever their case", () => {
  expect(nearNames("win_100", ["FIRST_WIN", "WINS_100", "WIN_10"])).toBe('Did you mean "WINS_100" or "WIN_10"?');
});

test("lists what exists where nothing is near", () => {
  expect(nearNames("zzzzzz", ["A", "B"])).toBe('Defined: "A", "B".');
  expect(
    nearNames(
      "zzzzzz",
      Array.from({ length: 10 }, (_, i) => `NAME_${i}`),
    ),
  ).toMatch(/"NAME_7", and 2 more\.$/);
});

test("says so where there are none", () => {
  expect(nearNames("A", [])).toBe("None is defined.");
});
