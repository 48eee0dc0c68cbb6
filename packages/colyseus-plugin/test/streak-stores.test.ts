import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { skipUnless } from "../../../test/skip-with.ts";
import { sqliteStreaks } from "../src/sqlite-streaks.ts";
import { memoryStreaks, type StreakStore } from "../src/streak-store.ts";

const folder = mkdtempSync(join(tmpdir(), "questline-streaks-"));
const open: StreakStore[] = [];
let files = 0;
const newPath = (): string => join(folder, `${++files}.db`);
const sqlite = (path: string = newPath()): StreakStore => {
  const store = sqliteStreaks(path);
  open.push(store);
  return store;
};

afterEach(async () => {
  await Promise.all(open.splice(0).map((store) => store.close()));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  ["memory", memoryStreaks],
  ["SQLite", sqlite],
] as const)("streaks in %s", (_, make) => {
  test("hits lengthen a streak, a miss ends it, each by its name and user", async () => {
    const store = make();
    expect(await store.read("1")).toEqual({});
    expect(await store.record("1", "m-1", { wins: true, clean: true })).toEqual({ wins: 1, clean: 1 });
    expect(await store.record("1", "m-2", { wins: true, clean: false })).toEqual({ wins: 2, clean: 0 });
    expect(await store.record("2", "m-2", { wins: false })).toEqual({ wins: 0 });
    expect(await store.record("1", "m-3", { wins: true, clean: true })).toEqual({ wins: 3, clean: 1 });
    expect(await store.read("1")).toEqual({ wins: 3, clean: 1 });
    expect(await store.read("2")).toEqual({ wins: 0 });
  });

  test("a user who is forgotten begins anew, also in matches that were counted", async () => {
    const store = make();
    for (const user of ["1", "2"]) await store.record(user, "m-1", { wins: true });
    await store.forget?.("1");
    expect(await store.read("1")).toEqual({});
    expect(await store.read("2")).toEqual({ wins: 1 });
    expect(await store.record("1", "m-1", { wins: true })).toEqual({ wins: 1 });
    expect(await store.record("2", "m-1", { wins: true })).toEqual({ wins: 1 });
  });

  test("a match counts once, whatever it says the second time", async () => {
    const store = make();
    await store.record("1", "m-1", { wins: true });
    expect(await store.record("1", "m-1", { wins: true })).toEqual({ wins: 1 });
    expect(await store.record("1", "m-1", { wins: false })).toEqual({ wins: 1 });
    expect(await store.record("2", "m-1", { wins: true })).toEqual({ wins: 1 });
  });

  test("many calls at once are carried out in their order", async () => {
    const store = make();
    const all = await Promise.all(
      Array.from({ length: 200 }, (_, n) => store.record("1", `m-${n}`, { wins: n !== 99 })),
    );
    expect(all.map(({ wins }) => wins)).toEqual(Array.from({ length: 200 }, (_, n) => (n < 99 ? n + 1 : n - 99)));
  });
});

test("a streak outlives the store that wrote it, and so does what counted", async () => {
  const path = newPath();
  const first = sqlite(path);
  await first.record("1", "m-1", { wins: true });
  await first.close();
  const second = sqlite(path);
  expect(await second.record("1", "m-1", { wins: true })).toEqual({ wins: 1 });
  expect(await second.record("1", "m-2", { wins: true })).toEqual({ wins: 2 });
});

test("calls before close are answered, calls after it are refused", async () => {
  const store = sqlite();
  const recorded = store.record("1", "m-1", { wins: true });
  await store.close();
  expect(await recorded).toEqual({ wins: 1 });
  await expect(store.read("1")).rejects.toThrow("The streaks are closed.");
});

test("a file that cannot be opened is named, and paths that are none are refused at once", async () => {
  const store = sqlite(join(folder, "missing", "streaks.db"));
  await expect(store.read("1")).rejects.toThrow(/The streaks in .*missing\/streaks\.db.*unable to open/);
  for (const path of ["", ":memory:"]) expect(() => sqliteStreaks(path)).toThrow(/needs the path of a file/);
});

test("the file is its owner's alone, whatever the umask allows", async (context) => {
  skipUnless(process.platform !== "win32", "Windows has no such modes")(context);
  const before = process.umask(0);
  try {
    const path = newPath();
    await sqlite(path).record("1", "m-1", { wins: true });
    expect(["", "-wal", "-shm"].map((end) => statSync(path + end).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  } finally {
    process.umask(before);
  }
});

const copiesOf = (text: string, path: string): number =>
  ["", "-wal", "-shm"]
    .filter((part) => existsSync(path + part))
    .reduce((copies, part) => copies + readFileSync(path + part, "latin1").split(text).length - 1, 0);

test("nothing of a user who is forgotten is left in the file", async () => {
  const path = newPath();
  const store = sqlite(path);
  const userOf = (n: number): string => String(7_100_000_000_000_000n + BigInt(n) * 1_000_003n);
  for (let match = 0; match < 12; match++) {
    const users = Array.from({ length: 200 }, (_, n) => userOf((n * 7_919 + match) % 200));
    await Promise.all(users.map((user) => store.record(user, `m-${match}-${user}`, { wins: match % 5 !== 0 })));
  }
  const forgotten = Array.from({ length: 20 }, (_, n) => userOf(n * 10 + 3));
  await Promise.all(forgotten.map((user) => store.forget?.(user)));
  await store.close();
  expect(forgotten.filter((user) => copiesOf(user, path) > 0)).toEqual([]);
  expect(copiesOf(userOf(4), path)).toBeGreaterThan(12);
});

test("nothing is left of a user whom an earlier version deleted", async () => {
  const path = newPath();
  const user = "7100000000000042";
  const first = sqlite(path);
  await first.record("1", "m-1", { wins: true });
  await first.close();
  const database = new DatabaseSync(path);
  const insert = database.prepare("INSERT INTO counted VALUES (?, ?, unixepoch())");
  for (let match = 0; match < 300; match++) insert.run(user, `m-${match}`);
  database.prepare("DELETE FROM counted WHERE user = ?").run(user);
  database.close();
  expect(copiesOf(user, path)).toBeGreaterThan(0);
  const store = sqlite(path);
  await store.forget?.(user);
  expect(await store.read("1")).toEqual({ wins: 1 });
  await store.close();
  expect(copiesOf(user, path)).toBe(0);
});
