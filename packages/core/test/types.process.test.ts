import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const fixtures = fileURLToPath(new URL("../type-fixtures/", import.meta.url));
const compiler = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));

interface CompilerError {
  readonly place: string;
  readonly lines: readonly string[];
}

/** Continuation lines of an error are indented. */
function readErrors(output: string): CompilerError[] {
  const errors: { place: string; lines: string[] }[] = [];
  for (const line of output.split("\n").filter((text) => text !== "")) {
    const start = /([^/\s]+\.ts)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line);
    if (start === null) errors.at(-1)?.lines.push(line);
    else errors.push({ place: `${start[1]}:${start[2]}`, lines: [start[3] ?? ""] });
  }
  return errors;
}

function readExpectations(): Map<string, string> {
  const expected = new Map<string, string>();
  for (const file of readdirSync(fixtures).filter((name) => name.endsWith(".ts"))) {
    readFileSync(join(fixtures, file), "utf8")
      .split("\n")
      .forEach((line, index) => {
        const message = /\/\/ expect: (.*)$/.exec(line)?.[1];
        if (message !== undefined) expected.set(`${file}:${index + 1}`, message);
      });
  }
  return expected;
}

const expected = readExpectations();
const run = spawnSync(compiler, ["--noEmit", "--pretty", "false", "-p", join(fixtures, "tsconfig.json")], {
  encoding: "utf8",
});
const errors = readErrors(run.stdout);

test("the compiler ran, and refused the fixtures", () => {
  expect(run.error).toBeUndefined();
  expect(run.status).not.toBe(0);
  expect(expected.size).toBeGreaterThanOrEqual(20);
});

test("nothing is refused but what a fixture expects", () => {
  expect(errors.filter(({ place }) => !expected.has(place))).toEqual([]);
});

test.each([...expected])("%s is refused in one line: %s", (place, message) => {
  const found = errors.filter((error) => error.place === place);
  expect(found).toHaveLength(1);
  expect(found[0]?.lines).toHaveLength(1);
  expect(found[0]?.lines[0]).toContain(message);
});
