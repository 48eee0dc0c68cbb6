import { DatabaseSync } from "node:sqlite";
import { expect, it } from "vitest";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import {
  acceptAll,
  acceptOne,
  APP,
  bits,
  count,
  firing,
  HOUR,
  leaseOne,
  openAs,
  QUIET_MS,
  T0,
  USER,
} from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();

/** The schema of version 1, as its files hold it. */
const SCHEMA_ONE = `
  PRAGMA application_id = 1366520908;
  PRAGMA user_version = 1;
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE lanes (lane INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, due INTEGER, row TEXT NOT NULL);
  CREATE INDEX lanes_by_due ON lanes (due, state) WHERE due IS NOT NULL;
  CREATE TABLE dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, letter TEXT NOT NULL);
  ${[0, 1]
    .map(
      (which) => `
  CREATE TABLE matches_${which} (match TEXT PRIMARY KEY, firings TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE occurrences_${which} (occurrence TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE sends_${which} (
    lane INTEGER NOT NULL, to_seq INTEGER NOT NULL, from_seq INTEGER NOT NULL, how TEXT NOT NULL, reason TEXT,
    attempts INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (lane, to_seq)
  ) WITHOUT ROWID;`,
    )
    .join("\n")}
`;

const value = { type: "achievement", unlock: false, count: "5", bits: "0", bitLength: 0, keepsCounting: false };
const counters = { seq: 3, settledThrough: 2, lastSettledSeq: 1, attempts: 0, notBefore: 0 };
const inFlight = { value, oldestAt: T0, dueAt: T0, toSeq: 3 };
const journal = { n: "5", count: "2", wasLocked: true, epoch: 0, unchangedReads: 0 };
const stagedRow = {
  ...counters,
  sentWhileLocked: false,
  epoch: 0,
  settledAt: T0,
  progress: { count: "2", unlocked: false, at: T0 },
  phase: { state: "staged", inFlight, leaseToken: "first.1.1", journal },
};
const letter = { value, fromSeq: 2, toSeq: 2, reason: "too-old", maybeApplied: true, attempts: 4, at: T0 };

/** A file as version 1 left it, killed while a count was staged: one match of two firings, two occurrences. */
function writeVersionOne(path: string): void {
  const file = new DatabaseSync(path);
  file.exec(`PRAGMA journal_mode = WAL; BEGIN; ${SCHEMA_ONE}`);
  const put = (sql: string, ...values: readonly (string | number | null)[]): void => {
    file.prepare(sql).run(...values);
  };
  const lane = "900100\n7001\na\nWINS";
  const never = Number.MAX_SAFE_INTEGER;
  put("INSERT INTO lanes (id, state, due, row) VALUES (?, ?, ?, ?)", lane, "staged", never, JSON.stringify(stagedRow));
  put("INSERT INTO dead_letters (lane, letter) VALUES (?, ?)", lane, JSON.stringify(letter));
  put("INSERT INTO meta VALUES ('openings', 1)");
  put("INSERT INTO meta VALUES ('generations', ?)", JSON.stringify({ young: 1, newest: [T0 + 1, T0 + HOUR] }));
  put("INSERT INTO sends_0 VALUES (1, 1, 1, 'delivered', NULL, 2, ?)", T0);
  put("INSERT INTO sends_1 VALUES (1, 2, 2, 'dead', 'too-old', 4, ?)", T0);
  put("INSERT INTO matches_0 VALUES (?, ?)", "6:9001003:m-14:7001", JSON.stringify([["3:end1:r", "aa"]]));
  put("INSERT INTO matches_1 VALUES (?, ?)", "6:9001003:m-14:7001", JSON.stringify([["4:late1:r", ""]]));
  put("INSERT INTO occurrences_0 VALUES (?, 'cc')", "6:9001003:m-14:70014:kill3:k-11:r");
  put("INSERT INTO occurrences_1 VALUES (?, '')", "6:9001003:m-14:70014:kill4:k:211:r");
  file.exec("COMMIT");
  file.close();
}

const once = (event: string, occurrence = "") => ({ match: "m-1", event, occurrence, rule: "r" });

it("opens a file of the first schema with everything it held", async () => {
  const path = nextPath();
  writeVersionOne(path);
  const store = sqliteStore(path);
  expect(await openAs(store, "second", T0)).toEqual({ released: 0, inDoubt: 1, poisoned: 0, ended: [] });
  const verdict = await leaseOne(store, T0 + QUIET_MS);
  expect(verdict).toMatchObject({ fromSeq: 3, toSeq: 3, journal: { n: 5n, count: 2n }, progress: { count: 2n } });
  expect(await store.inspect()).toMatchObject([{ history: [], lostLeases: 1 }]);
  expect(await store.deadLetters()).toMatchObject([{ id: 1, reason: "too-old", history: [], value: { count: 5n } }]);
  expect(await store.ended(verdict.id, 1)).toEqual({ fromSeq: 1, toSeq: 1, how: "delivered", attempts: 2, at: T0 });
  expect(await store.ended(verdict.id, 2)).toMatchObject({ how: "dead", reason: "too-old" });
  const repeats = [
    firing(count(1n), { once: once("end"), digest: "bb" }),
    firing(count(1n), { once: once("late") }),
    firing(count(1n), { once: once("kill", "k-1"), digest: "cc" }),
    firing(count(1n), { once: once("kill", "k:21") }),
  ];
  expect(await acceptAll(store, repeats)).toEqual([
    { status: "duplicate", digestDiffers: true },
    { status: "duplicate", digestDiffers: false },
    { status: "duplicate", digestDiffers: false },
    { status: "duplicate", digestDiffers: false },
  ]);
  const others = [
    firing(count(1n), { once: once("other") }),
    firing(count(1n), { once: once("kill", "k-2") }),
    firing(count(1n), { once: once("end"), user: "7002" }),
  ];
  expect((await acceptAll(store, others)).map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted"]);
  await store.close();
});

it("leaves firings of the first schema out of what it remembers, for where they went was not kept", async () => {
  const path = nextPath();
  writeVersionOne(path);
  const store = sqliteStore(path);
  await openAs(store, "second", T0);
  expect(await store.remembered({ app: APP, user: USER })).toEqual([]);
  await acceptOne(store, firing(bits(1n), { once: once("new") }));
  expect(await store.remembered({ app: APP, user: USER })).toMatchObject([{ once: once("new"), seq: 1 }]);
  await store.close();
  const again = sqliteStore(path);
  await openAs(again, "third", T0);
  expect(await again.remembered({ app: APP, user: USER, match: "m-1" })).toHaveLength(1);
  await again.close();
});

it("leaves a file of the first schema as it was where it cannot be carried over", async () => {
  const path = nextPath();
  writeVersionOne(path);
  const broken = new DatabaseSync(path);
  broken.exec(`UPDATE matches_1 SET firings = 'no list'`);
  broken.close();
  await expect(openAs(sqliteStore(path), "second")).rejects.toMatchObject({ code: "store_unusable" });
  const file = new DatabaseSync(path);
  expect(file.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
  expect(file.prepare("SELECT count(*) AS rows FROM matches_0").get()).toEqual({ rows: 1 });
  file.close();
});
