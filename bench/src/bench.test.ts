import { expect, test } from "vitest";
import { ArgumentsError, parseArguments } from "./arguments.ts";
import { Results } from "./bench.ts";

const results = new Results(
  new Map([
    ["ours", [{ perSecond: 10 }, { perSecond: 30 }, { perSecond: 20 }]],
    ["theirs", [{ perSecond: 5 }, { perSecond: 4 }, { perSecond: 100 }]],
  ]),
  "no redis-server",
);

test("contestants are compared by their medians", () => {
  expect(results.of("ours", "perSecond")).toBe(20);
  expect(results.ratio("ours", "theirs", "perSecond")).toBe(4);
});

test("a contestant that did not run has no numbers and no ratio", () => {
  expect(results.of("absent", "perSecond")).toBeUndefined();
  expect(results.ratio("ours", "absent", "perSecond")).toBeUndefined();
});

test("benches are chosen by name, and a wrong name is refused by name", () => {
  const names = ["report", "accept"];
  expect(parseArguments(["--only", "accept", "--quick"], names)).toMatchObject({ only: ["accept"], quick: true });
  expect(() => parseArguments(["--only", "acept"], names)).toThrow(ArgumentsError);
  expect(() => parseArguments(["--only", "acept"], names)).toThrow("report,accept");
  expect(() => parseArguments(["--onyl"], names)).toThrow("--onyl");
});
