import { describe, expect, test } from "vitest";
import { parseArguments } from "../src/bench/arguments.ts";
import { IntervalBook, percentile } from "../src/bench/intervals.ts";
import { judge, table } from "../src/bench/judge.ts";
import type { Arm, Measured } from "../src/bench/run.ts";

const book = (...deviations: readonly number[]): IntervalBook => {
  const made = new IntervalBook();
  for (const deviation of deviations) made.add(deviation);
  return made;
};
/** Each turn of the server given by the deviations of its intervals. */
const arm = (heapKib: number, ...turns: readonly (readonly number[])[]): Arm => ({
  turns: turns.map((deviations) => book(...deviations).read()),
  memory: { heap: heapKib * 1_024, resident: 2 * heapKib * 1_024 },
});
const options = { rooms: 2, clients: 5, matches: 100, json: false };
const measured = (played: Arm, heapsKib: readonly number[]): Measured => ({
  without: arm(1_000, [1, 1, 1], [1, 1, 1.5], [1, 1, 2]),
  with: played,
  heaps: heapsKib.map((kib) => kib * 1_024),
  events: 7,
  seconds: 1,
});

test("a percentile is the upper edge of the bucket that holds it, early and late alike, over all books", () => {
  const hundred = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? n : -n) / 10);
  expect(percentile([book(...hundred).read()], 0.99)).toBeCloseTo(9.85, 5);
  expect(percentile([book(...hundred).read()], 0.5)).toBeCloseTo(4.95, 5);
  expect(percentile([book(1, 1, 1).read(), book(7).read()], 1)).toBeCloseTo(7.05, 5);
  expect(percentile([], 0.99)).toBe(0);
});

test("what is forgotten is not measured, and one of a minute is not lost", () => {
  const intervals = book(5, 5, 5);
  intervals.forget();
  intervals.add(60_000);
  expect(percentile([intervals.read()], 0.5)).toBe(1_000);
});

describe("the judgement", () => {
  test("within the goals: what is added is the difference between typical matches, whatever one of them was like", () => {
    const findings = judge(options, measured(arm(1_040, [1, 1, 2.5], [1, 1, 2.5], [1, 1, 90]), [1_050, 1_052, 1_054]));
    expect(findings).toMatchObject({ p99Without: 1.55, p99With: 2.55, p99Added: 1, p99Noise: 0, missed: [] });
    expect(findings).toMatchObject({ heapWithout: 100, heapWith: 104, heapAdded: 4, heapGrown: 0.4, residentAdded: 8 });
    expect(table(findings).match(/\bmet\b/g)).toHaveLength(3);
  });

  test("beyond them: each goal that is missed is named and marked", () => {
    const findings = judge(options, measured(arm(1_080, [1, 1, 9], [1, 1, 9]), [1_080, 1_090, 1_100]));
    expect(findings.missed).toEqual(["p99Added", "heapAdded", "heapGrown"]);
    expect(table(findings).match(/\bmissed\b/g)).toHaveLength(3);
  });

  test("the noise is what matches without the plugin differ by among themselves", () => {
    const { p99Noise } = judge(options, {
      ...measured(arm(1_000, [1], [1]), [1_000]),
      without: arm(1_000, [1], [4], [1], [4]),
    });
    expect(p99Noise).toBe(3);
  });
});

test.each([
  [["--rooms", "0"], /--rooms takes a whole number from 1 to 500, not "0"/],
  [["--matches", "many"], /--matches takes a whole number/],
  [["--players", "8"], /see --help/],
])("%j is refused", (argv, words) => {
  expect(() => parseArguments(argv)).toThrow(words);
});

test("defaults", () => {
  expect(parseArguments([])).toEqual({ rooms: 200, clients: 8, matches: 100, json: false });
  expect(parseArguments(["--help", "--json"])).toBe("help");
});
