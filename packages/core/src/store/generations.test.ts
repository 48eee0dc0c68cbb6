import { expect, it } from "vitest";
import { noGenerations, purged, withRow } from "./generations.ts";

it("notes the youngest row by the minute, so that most rows change nothing", () => {
  const first = withRow(noGenerations, 60_000);
  expect(first).toEqual({ young: 0, newest: [120_000, 0] });
  expect(withRow(first, 119_999)).toBe(first);
  expect(withRow(first, 30_000)).toBe(first);
  expect(withRow(first, 120_001)).toEqual({ young: 0, newest: [180_000, 0] });
});

it("ages the young generation once the old one is over, and empties only what is over as a whole", () => {
  const one = withRow(noGenerations, 60_000);
  const two = purged(one, 1_000);
  expect(two).toEqual({ emptied: [1], generations: { young: 1, newest: [120_000, 0], forgotten: 0 } });
  const three = withRow(two.generations, 600_000);
  expect(purged(three, 119_999)).toEqual({ emptied: [], generations: three });
  expect(purged(three, 120_000)).toEqual({
    emptied: [0],
    generations: { young: 0, newest: [0, 660_000], forgotten: 120_000 },
  });
  expect(purged(three, 660_000)).toEqual({ emptied: [0, 1], generations: { ...noGenerations, forgotten: 660_000 } });
});
