import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { StreakLengths } from "./streak-store.ts";

/** What the room's thread asks of the thread that holds the file. */
export type StreakCall =
  | { readonly id: number; readonly verb: "read" | "forget"; readonly userId: string }
  | {
      readonly id: number;
      readonly verb: "record";
      readonly userId: string;
      readonly matchId: string;
      readonly hits: Readonly<Record<string, boolean>>;
    }
  | { readonly id: number; readonly verb: "close" };

export type StreakAnswer =
  | { readonly id: number; readonly lengths: StreakLengths }
  | { readonly id: number; readonly error: string };

/** How long a match is remembered, so that it counts once. Seconds. */
const REMEMBERED_S = 7 * 24 * 60 * 60;

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS streak (
    user TEXT NOT NULL, name TEXT NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (user, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counted (
    user TEXT NOT NULL, match TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (user, match)
  ) WITHOUT ROWID;
  DELETE FROM counted WHERE at < unixepoch() - ${REMEMBERED_S};
`;

/** Streaks in a SQLite file. Synchronous: it lives in a worker thread. Opened by its first call. */
export class StreakFile {
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #statements:
    | Readonly<Record<"read" | "count" | "hit" | "miss" | "forget" | "forgetCounted", StatementSync>>
    | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Carries out calls as one transaction, and answers when it is committed. */
  answer(calls: readonly StreakCall[]): readonly StreakAnswer[] {
    try {
      const database = this.#open();
      database.exec("BEGIN IMMEDIATE");
      const answers = calls.map((call) => ({ id: call.id, lengths: this.#carryOut(call) }));
      database.exec("COMMIT");
      if (calls.some(({ verb }) => verb === "close")) this.#close();
      return answers;
    } catch (error) {
      if (this.#database?.isTransaction) this.#database.exec("ROLLBACK");
      const words = error instanceof Error ? error.message : String(error);
      return calls.map(({ id }) => ({ id, error: `The streaks in ${JSON.stringify(this.#path)}: ${words}` }));
    }
  }

  #carryOut(call: StreakCall): StreakLengths {
    const statements = this.#statements;
    if (!statements || call.verb === "close") return {};
    const { userId } = call;
    if (call.verb === "forget") for (const forget of [statements.forget, statements.forgetCounted]) forget.run(userId);
    if (call.verb === "record" && statements.count.run(userId, call.matchId).changes > 0) {
      for (const [name, hit] of Object.entries(call.hits)) (hit ? statements.hit : statements.miss).run(userId, name);
    }
    const rows = statements.read.all(userId);
    return Object.fromEntries(rows.map(({ name, length }) => [String(name), Number(length)]));
  }

  #open(): DatabaseSync {
    if (this.#database) return this.#database;
    createPrivately(this.#path);
    const database = new DatabaseSync(this.#path, { timeout: 5_000 });
    database.exec(SCHEMA);
    const upsert = "INSERT INTO streak VALUES (?, ?, %) ON CONFLICT DO UPDATE SET length = ";
    this.#statements = {
      read: database.prepare("SELECT name, length FROM streak WHERE user = ?"),
      count: database.prepare("INSERT INTO counted VALUES (?, ?, unixepoch()) ON CONFLICT DO NOTHING"),
      forget: database.prepare("DELETE FROM streak WHERE user = ?"),
      forgetCounted: database.prepare("DELETE FROM counted WHERE user = ?"),
      hit: database.prepare(`${upsert.replace("%", "1")} length + 1`),
      miss: database.prepare(`${upsert.replace("%", "0")} 0`),
    };
    return (this.#database = database);
  }

  #close(): void {
    this.#database?.close();
    this.#database = undefined;
    this.#statements = undefined;
  }
}

/** Only its owner may read it, whatever the umask allows; SQLite takes an empty file as new. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // There is one, or there cannot be one: then opening it says why.
  }
}
