import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, it } from "vitest";
import { skipUnless } from "../../../../test/skip-with.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { MIGRATIONS } from "../../src/store/sqlite-schema.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { acceptOne, count, firing, openAs } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextDirectory = temporaryFiles();
let path: string;
let store: LaneStore;

beforeEach(async () => {
  const directory = nextDirectory();
  mkdirSync(directory);
  path = join(directory, "lanes.db");
  store = sqliteStore(path);
  await openAs(store, "first");
  await acceptOne(store, firing(count(1n)));
});
afterEach(() => store.close());

/** What the backup is refused with; afterwards the store takes results, and no half of a copy is left. */
async function refusal(target: unknown, code: string): Promise<string> {
  const before = readdirSync(dirname(path));
  const error: unknown = await store.backup(target as string).then(
    () => undefined,
    (refused: unknown) => refused,
  );
  expect(error).toMatchObject({ name: "QuestlineError", code });
  expect(readdirSync(dirname(path))).toEqual(before);
  await acceptOne(store, firing(count(1n)));
  return (error as Error).message;
}

it.each([[""], ["  "], [undefined], [7]])("refuses the path %j", async (target) => {
  expect(await refusal(target, "bad_input")).toContain("path of a new file");
});

it.each(["", "-wal", "-shm", "-journal", "-lock", "-holder"])("refuses the store's own %s", async (companion) => {
  const link = `${path}.directory`;
  symlinkSync(dirname(path), link);
  for (const own of [path, join(link, "lanes.db"), join(dirname(path), ".", "x", "..", "lanes.db")]) {
    expect(await refusal(`${own}${companion}`, "bad_input")).toContain("store's own");
  }
});

it("names the directory that is missing", async () => {
  expect(await refusal(`${path}.no/copy.db`, "bad_input")).toMatch(/directory does not exist.*Make it first/);
});

it("leaves a file that is there as it is", async () => {
  const target = `${path}.copy`;
  writeFileSync(target, "by hand");
  expect(await refusal(target, "bad_input")).toContain("exists already");
  expect(readFileSync(target, "utf8")).toBe("by hand");
});

it("says that it could not write, and leaves nothing", async (context) => {
  skipUnless(process.platform === "linux", "a full device is /dev/full, which Linux has")(context);
  expect(await refusal("/proc/questline-copy.db", "store_unusable")).toMatch(
    /could not be written.*store itself goes on/,
  );
});

it("writes one file, complete by itself, over what an interrupted backup left", async () => {
  const target = `${path}-2026-11-30`;
  writeFileSync(`${target}.questline-unfinished`, "half of a copy");
  await store.backup(target);
  expect(readdirSync(dirname(target)).filter((name) => name.startsWith("lanes.db-2026"))).toEqual([
    "lanes.db-2026-11-30",
  ]);
  const copy = new DatabaseSync(target, { readOnly: true });
  expect(copy.prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
  expect(copy.prepare("PRAGMA user_version").get()).toEqual({ user_version: MIGRATIONS.length });
  expect(copy.prepare("SELECT count(*) AS lanes FROM lanes").get()).toEqual({ lanes: 1 });
  copy.close();
  expect(existsSync(`${target}-wal`)).toBe(false);
});
