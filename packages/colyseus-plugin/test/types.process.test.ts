import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const fixtures = fileURLToPath(new URL("../type-fixtures/", import.meta.url));
const compiler = fileURLToPath(new URL("../../../node_modules/.bin/tsc", import.meta.url));

/** What a line of a fixture is refused with: in the error's one line, or in one of the indented lines below it. */
interface Expectation {
  readonly place: string;
  readonly where: "one line" | "below";
  readonly message: string;
}

const expected = readdirSync(fixtures)
  .filter((name) => name.endsWith(".ts"))
  .flatMap((file) =>
    readFileSync(join(fixtures, file), "utf8")
      .split("\n")
      .flatMap((line, index): Expectation[] => {
        const [, below, message] = /\/\/ expect( below)?: (.*)$/.exec(line) ?? [];
        if (message === undefined) return [];
        return [{ place: `${file}:${index + 1}`, where: below === undefined ? "one line" : "below", message }];
      }),
  );

const run = spawnSync(compiler, ["--noEmit", "--pretty", "false", "-p", join(fixtures, "tsconfig.json")], {
  encoding: "utf8",
});

/** The compiler's errors by place, each with its lines. */
const errors = new Map<string, string[]>();
for (const line of run.stdout.split("\n").filter((text) => text !== "")) {
  const start = /([^/\s]+\.ts)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line);
  if (start) errors.set(`${start[1]}:${start[2]}`, [start[3] ?? ""]);
  else [...errors.values()].at(-1)?.push(line.trim());
}

test("the compiler ran, and refused what the fixtures expect and nothing else", () => {
  expect(run.error).toBeUndefined();
  expect([...errors.keys()].sort()).toEqual(expected.map(({ place }) => place).sort());
  expect(expected.length).toBeGreaterThanOrEqual(20);
});

test.each(expected)("$place: $message", ({ place, where, message }) => {
  const [first = "", ...below] = errors.get(place) ?? [];
  expect(where === "one line" ? first : below.join("\n")).toContain(message);
  expect(below.length > 0).toBe(where === "below");
});
