import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { defaultSeed } from "../src/index.ts";
import { seedJsonSchema } from "../src/seed/seed-json-schema.ts";
import { parseSeed } from "../src/seed/parse-seed.ts";

const published = JSON.parse(readFileSync(new URL("../seed.schema.json", import.meta.url), "utf8")) as object;

it("the published schema is the one that seeds are checked with", () => {
  expect(published, "run the script `schema` of this package").toEqual(seedJsonSchema());
});

it("the schema names every member that a full seed has", () => {
  const text = JSON.stringify(published);
  const names = new Set<string>();
  JSON.stringify(parseSeed(defaultSeed), (key, value: unknown) => {
    if (/^[a-z_]+$/.test(key)) names.add(key);
    return value;
  });
  expect(names.size).toBeGreaterThan(25);
  for (const name of names) expect(text).toContain(`"${name}":`);
  expect(text).not.toContain("test-secret");
});
