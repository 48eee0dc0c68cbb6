import { readFileSync } from "node:fs";
import { operations } from "@questline/core";
import { expect, test } from "vitest";
import { emulatorGaps } from "./contract/emulator-gaps.ts";
import { coverageTable, withCoverage } from "./contract/platform-page.ts";

const page = readFileSync(new URL("../docs/platform.md", import.meta.url), "utf8");

test("docs/platform.md holds the table that npm run platform-page writes", () => {
  expect(page).toBe(withCoverage(page));
});

test("every operation has its row, and no cell is empty", () => {
  const rows = coverageTable()
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toHaveLength(Object.keys(operations).length + 10);
  expect(rows.flat().filter((cell) => cell === "")).toEqual([]);
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([9]));
});

test("gaps of the emulator are of calls that exist, each with a reason", () => {
  for (const [call, reason] of Object.entries(emulatorGaps)) {
    expect(operations).toHaveProperty([call]);
    expect(reason).toMatch(/\w{3}/);
  }
});
