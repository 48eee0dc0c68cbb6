import type { DatabaseSync } from "node:sqlite";
import { rekeyOnceKeys } from "./sqlite-rekey.ts";

/** Marks a file as a lane store ("QstL"), so that another program's database is never mistaken for one. */
export const APPLICATION_ID = 0x5173_744c;

/** Takes a file one schema version further. */
export type Migration = string | ((database: DatabaseSync) => void);

/**
 * `user_version` counts the entries applied. Entries never change once released.
 *
 * `lanes.due` is derived from the row: null while idle, `NEVER` while leased or parked, else when it may be leased.
 * What ends in `_0` and `_1` are the two generations.
 */
export const MIGRATIONS: readonly Migration[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE lanes (
    lane INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    due INTEGER,
    row TEXT NOT NULL
  );
  CREATE INDEX lanes_by_due ON lanes (due, state) WHERE due IS NOT NULL;
  CREATE TABLE dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT, lane TEXT NOT NULL, letter TEXT NOT NULL);
  ${generation(0)}
  ${generation(1)}
  `,
  // Once keys know where their firing went, and are found by their owner.
  (database) => {
    database.exec(
      "CREATE TABLE tokens (owner TEXT PRIMARY KEY, sealed TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID",
    );
    for (const which of [0, 1]) database.exec(`ALTER TABLE sends_${which} ADD COLUMN last TEXT`);
    rekeyOnceKeys(database);
  },
  // In the order in which due lanes are asked for, so that a lease sorts nothing, however many lanes are due.
  `
  DROP INDEX lanes_by_due;
  CREATE INDEX lanes_by_due ON lanes (due, lane, state) WHERE due IS NOT NULL;
  `,
  // Records say more of an end: as what a dead value was requeued, and how old the fact was that saved a request.
  `
  ALTER TABLE sends_0 ADD COLUMN more TEXT;
  ALTER TABLE sends_1 ADD COLUMN more TEXT;
  `,
];

function generation(which: 0 | 1): string {
  return `
  CREATE TABLE matches_${which} (match TEXT PRIMARY KEY, firings TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE occurrences_${which} (occurrence TEXT PRIMARY KEY, digest TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE sends_${which} (
    lane INTEGER NOT NULL,
    to_seq INTEGER NOT NULL,
    from_seq INTEGER NOT NULL,
    how TEXT NOT NULL,
    reason TEXT,
    attempts INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (lane, to_seq)
  ) WITHOUT ROWID;
  `;
}

/** The due time of a lane that cannot be leased now but is not idle. */
export const NEVER: number = Number.MAX_SAFE_INTEGER;
