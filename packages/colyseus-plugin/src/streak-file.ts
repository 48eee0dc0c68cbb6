import { closeSync, openSync } from "node:fs";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { FileBytes } from "./file-bytes.ts";
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
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS streak (
    user TEXT NOT NULL, name TEXT NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (user, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS counted (
    user TEXT NOT NULL, match TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (user, match)
  ) WITHOUT ROWID;
  DELETE FROM counted WHERE at < unixepoch() - ${REMEMBERED_S};
  PRAGMA secure_delete = FAST;
`;

/** Streaks in a SQLite file. Synchronous: it lives in a worker thread. Opened by its first call. */
export class StreakFile {
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #bytes: FileBytes | undefined;
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
      const forgotten = calls.flatMap((call) => (call.verb === "forget" ? [call.userId] : []));
      // What is deleted within a page that is written anyway is always overwritten; now, pages that are freed, too.
      if (forgotten.length > 0) database.exec("PRAGMA secure_delete = ON");
      database.exec("BEGIN IMMEDIATE");
      const carriedOut = calls.map((call) => ({ id: call.id, lengths: this.#carryOut(call) }));
      database.exec("COMMIT");
      const problem = forgotten.length > 0 ? this.#scrub(database, forgotten) : undefined;
      const answers = carriedOut.map((answer, index) =>
        problem !== undefined && calls[index]?.verb === "forget" ? { id: answer.id, error: problem } : answer,
      );
      if (calls.some(({ verb }) => verb === "close")) this.#close();
      return answers;
    } catch (error) {
      this.#rollBack();
      return calls.map(({ id }) => ({ id, error: this.#wordsOf(error) }));
    }
  }

  /**
   * Leaves nothing of users who were deleted, neither in the file nor in its log. Where SQLite had copied their rows to other
   * pages before, or deleted them without overwriting, the file is written anew. Answers why it could not be done.
   */
  #scrub(database: DatabaseSync, userIds: readonly string[]): string | undefined {
    try {
      database.exec("PRAGMA secure_delete = FAST");
      fold(database);
      const bytes = (this.#bytes ??= new FileBytes(this.#path));
      if (!userIds.some((userId) => bytes.hold(userId))) return undefined;
      database.exec("VACUUM");
      fold(database);
      return undefined;
    } catch (error) {
      return `Deleted, but copies may be left in its file; forget the user again. ${this.#wordsOf(error)}`;
    }
  }

  #wordsOf(error: unknown): string {
    const words = error instanceof Error ? error.message : String(error);
    return `The streaks in ${JSON.stringify(this.#path)}: ${words}`;
  }

  #rollBack(): void {
    try {
      this.#database?.exec("ROLLBACK");
    } catch {
      // It never began, or SQLite has ended it.
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
    // Asked for by name, not imported: some bundlers take `node:` off it, and there is no other `sqlite`.
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
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
    this.#bytes?.close();
    this.#database = undefined;
    this.#bytes = undefined;
    this.#statements = undefined;
  }
}

function fold(database: DatabaseSync): void {
  const { busy } = database.prepare("PRAGMA wal_checkpoint(TRUNCATE)").get() ?? {};
  if (busy !== 0) throw new Error("another process is reading the file");
}

/** Only its owner may read it, whatever the umask allows; SQLite takes an empty file as new. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // There is one, or there cannot be one: then opening it says why.
  }
}
