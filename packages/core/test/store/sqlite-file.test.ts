import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { join } from "node:path";
import { expect, it } from "vitest";
import { SqliteFile } from "../../src/store/sqlite-file.ts";
import { MIGRATIONS } from "../../src/store/sqlite-schema.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { DUE_LANES } from "../../src/store/sqlite-due-lanes.ts";
import { IDLE_LANES } from "../../src/store/sqlite-tables.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { acceptOne, count, firing, onlyLane, openAs } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();

async function opened(path: string): Promise<LaneStore> {
  const store = sqliteStore(path);
  await openAs(store, "first");
  return store;
}

/** Opens, expects to be refused with `code`, and answers the message. */
async function refusal(path: string, code: string): Promise<string> {
  const error: unknown = await opened(path).then(
    () => undefined,
    (refused: unknown) => refused,
  );
  expect(error).toMatchObject({ name: "QuestlineError", code });
  const message = (error as Error).message;
  expect(message).toContain(JSON.stringify(path));
  return message;
}

async function filled(path: string): Promise<void> {
  const store = await opened(path);
  for (let user = 0; user < 200; user += 1) await acceptOne(store, firing(count(1n), { user: String(1_000 + user) }));
  await store.close();
}

it.each([[""], ["  "], [":memory:"], ["file:lanes.db?mode=memory"], [undefined as unknown as string]])(
  "refuses the path %j with a hint",
  (path) => {
    expect(() => sqliteStore(path)).toThrow(
      expect.objectContaining({ code: "bad_input", message: expect.stringContaining("memoryStore()") }),
    );
  },
);

it("refuses an unknown durability", () => {
  const options = { durability: "eternal" } as never;
  expect(() => sqliteStore("lanes.db", options)).toThrow(expect.objectContaining({ code: "bad_input" }));
});

it("keeps everything in its one file between a close and the next open", async () => {
  const path = nextPath();
  const once = { match: "m", event: "e", occurrence: "", rule: "r" };
  const store = await opened(path);
  await acceptOne(store, firing(count(7n), { once }));
  const before = await store.inspect();
  await store.close();
  expect([existsSync(`${path}-wal`), existsSync(`${path}-shm`)]).toEqual([false, false]);
  const again = await opened(path);
  expect(await again.inspect()).toEqual(before);
  expect(await acceptOne(again, firing(count(7n), { once }))).toEqual({ status: "duplicate", digestDiffers: false });
  await again.close();
});

it("refuses a second store on the same file in this process, and leaves the first one working", async () => {
  const path = nextPath();
  const first = await opened(path);
  expect(await refusal(path, "store_locked")).toContain("One file serves one process");
  await acceptOne(first, firing(count(1n)));
  await first.close();
  await (await opened(path)).close();
});

it("opens at a second try, once the file is free", async () => {
  const path = nextPath();
  const first = await opened(path);
  const second = sqliteStore(path);
  await expect(openAs(second, "second")).rejects.toMatchObject({ code: "store_locked" });
  await first.close();
  expect(await openAs(second, "second")).toEqual({ released: 0, inDoubt: 0, poisoned: 0, ended: [] });
  await second.close();
});

it("says that the directory is missing", async () => {
  expect(await refusal(join(nextPath(), "lanes.db"), "store_unusable")).toMatch(
    /directory .* does not exist; create it/,
  );
});

it("refuses a file that is not a database, and does not touch it", async () => {
  const path = nextPath();
  writeFileSync(path, "match results, by hand\n".repeat(100));
  expect(await refusal(path, "store_unusable")).toMatch(/not a SQLite database/);
  expect(readFileSync(path, "utf8")).toBe("match results, by hand\n".repeat(100));
});

it("refuses the database of another program, and does not touch it", async () => {
  const path = nextPath();
  const other = new DatabaseSync(path);
  other.exec("CREATE TABLE players (name TEXT)");
  other.close();
  const before = readFileSync(path);
  expect(await refusal(path, "store_unusable")).toMatch(/another program/);
  expect(readFileSync(path).equals(before)).toBe(true);
});

it("refuses a newer schema, and does not touch it", async () => {
  const path = nextPath();
  await filled(path);
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  expect(await refusal(path, "store_newer")).toContain(`schema version ${MIGRATIONS.length + 1}`);
});

it("takes an empty file for a new store", async () => {
  const path = nextPath();
  writeFileSync(path, "");
  await filled(path);
  expect(statSync(path).size).toBeGreaterThan(0);
});

it("says that a file is corrupt when it meets the damage", async () => {
  const path = nextPath();
  await filled(path);
  const bytes = readFileSync(path);
  bytes.fill(0xa5, 4_096);
  writeFileSync(path, bytes);
  expect(await refusal(path, "store_unusable")).toMatch(/corrupt|not a SQLite database/);
});

it("fails one call of a transaction without failing the others", async () => {
  const store = await opened(nextPath());
  const answers = await Promise.allSettled([
    acceptOne(store, firing(count(1n))),
    store.settle([undefined as never]),
    acceptOne(store, firing(count(1n))),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await onlyLane(store)).toMatchObject({ seq: 2 });
  await store.close();
});

it("carries a file from each schema version to the next, once, keeping what it held", () => {
  const path = nextPath();
  const first = "CREATE TABLE notes (text TEXT); INSERT INTO notes VALUES ('kept')";
  new SqliteFile({ path, durability: "process" }, [first]).close();
  const second = "ALTER TABLE notes ADD COLUMN author TEXT DEFAULT 'nobody'";
  for (const _ of ["migrates", "finds it migrated"]) {
    const file = new SqliteFile({ path, durability: "process" }, [first, second]);
    expect(file.database.prepare("SELECT * FROM notes").all()).toEqual([{ text: "kept", author: "nobody" }]);
    expect(file.database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 2 });
    file.close();
  }
  const failing = [first, second, "INSERT INTO notes VALUES ('half', 'done'); SELECT * FROM missing"];
  expect(() => new SqliteFile({ path, durability: "process" }, failing)).toThrow(/missing/);
  const file = new SqliteFile({ path, durability: "process" }, [first, second]);
  expect(file.database.prepare("SELECT count(*) AS notes FROM notes").get()).toEqual({ notes: 1 });
  file.close();
});

it("holds the current schema at version five", async () => {
  const path = nextPath();
  await filled(path);
  const database = new DatabaseSync(path);
  expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 5 });
  database.close();
});

it.each([
  ["due", DUE_LANES, "lanes_by_due", [0, 0, 1, 1]],
  ["idle", IDLE_LANES, "lanes_by_idle", [0, 1]],
] as const)("finds the longest %s lanes without sorting all that are", async (_, sql, index, parameters) => {
  const path = nextPath();
  await filled(path);
  const database = new DatabaseSync(path);
  const plan = database
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...parameters)
    .map(({ detail }) => detail);
  expect(plan).toEqual([expect.stringContaining(`USING INDEX ${index}`)]);
  database.close();
});
