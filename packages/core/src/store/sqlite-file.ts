import type { DatabaseSync } from "node:sqlite";
import { QuestlineError } from "../errors/questline-error.ts";
import { APPLICATION_ID, MIGRATIONS } from "./sqlite-schema.ts";
import type { Migration } from "./sqlite-schema.ts";
import { FileBytes } from "./file-bytes.ts";
import { FileHold } from "./file-hold.ts";
import { FileRoom } from "./file-room.ts";
import { isInTransaction, openDatabase } from "./node-sqlite.ts";
import { backUp } from "./sqlite-backup.ts";
import { unusable } from "./sqlite-errors.ts";
import { createPrivately } from "./private-file.ts";

/**
 * What a commit survives: `process` the death of the process, `power` that of the machine too (one fsync per commit).
 * Journals always get their fsync.
 */
export type Durability = "process" | "power";

export interface FileOptions {
  readonly path: string;
  readonly durability: Durability;
  /** How large the file may grow; undefined: as its disk allows. */
  readonly maxBytes?: number | undefined;
}

/** An open database file that no other process can open, at the current schema. */
export class SqliteFile {
  readonly database: DatabaseSync;
  readonly room: FileRoom;
  readonly #path: string;
  readonly #durability: Durability;
  readonly #hold: FileHold;
  #synced: boolean;
  /** Whether freed pages are overwritten, too. */
  #wiping = false;
  #bytes: FileBytes | undefined;

  constructor({ path, durability, maxBytes }: FileOptions, migrations: readonly Migration[] = MIGRATIONS) {
    createPrivately(path);
    this.database = openDatabase(path, { timeout: 0 });
    this.#path = path;
    this.#durability = durability;
    this.#synced = durability === "power";
    let hold: FileHold | undefined;
    try {
      this.#hold = hold = new FileHold(path);
      this.#prepare(path, migrations);
      this.room = new FileRoom(this.database, maxBytes);
    } catch (error) {
      this.database.close();
      hold?.release();
      throw error;
    }
  }

  #prepare(path: string, migrations: readonly Migration[]): void {
    const { database } = this;
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    const version = this.#checkedVersion(path, migrations.length);
    this.#hold.mark();
    const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.["journal_mode"];
    if (mode !== "wal") throw unusable(path, "its file system does not support a write-ahead log; use a local disk");
    database.exec(`PRAGMA synchronous = ${this.#synced ? "FULL" : "NORMAL"}`);
    // What is deleted within a page that is written anyway is overwritten.
    database.exec("PRAGMA secure_delete = FAST");
    database.exec("PRAGMA cache_size = -32000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864");
    // Fewer, larger checkpoints: a page that several commits touched is copied into the file once.
    database.exec("PRAGMA wal_autocheckpoint = 4000");
    this.transaction(false, () => {
      for (const migration of migrations.slice(version)) {
        if (typeof migration === "string") database.exec(migration);
        else migration(database);
      }
      database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
    });
  }

  #checkedVersion(path: string, known: number): number {
    const version = this.#number("PRAGMA user_version", "user_version");
    const application = this.#number("PRAGMA application_id", "application_id");
    const tables = this.#number("SELECT count(*) AS tables FROM sqlite_schema", "tables");
    if (application !== APPLICATION_ID && (version > 0 || tables > 0)) {
      throw unusable(path, "it is the database of another program; give the store a file of its own");
    }
    if (version > known) {
      throw new QuestlineError(
        "store_newer",
        `The lane store ${JSON.stringify(path)} has schema version ${version}; this version of Questline knows ${known}. Use the newer one.`,
      );
    }
    return version;
  }

  #number(sql: string, column: string): number {
    return Number(this.database.prepare(sql).get()?.[column]);
  }

  /**
   * Runs `work` as one transaction, with an fsync if `synced`; if `wiping`, pages that it frees are overwritten. Rolls back
   * and rethrows what it or the commit throws.
   */
  transaction<Result>(synced: boolean, work: () => Result, wiping: boolean = false): Result {
    this.#sync(synced || this.#durability === "power");
    this.#wipe(wiping);
    this.database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#hold.check();
      this.database.exec("COMMIT");
      return result;
    } catch (error) {
      if (isInTransaction(this.database)) this.database.exec("ROLLBACK");
      this.#foldIfMoved();
      throw error;
    }
  }

  /** The log stays under the old name, so what is in it goes with the file. */
  #foldIfMoved(): void {
    if (this.#hold.isMoved()) this.#fold();
  }

  #fold(): void {
    this.database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  #sync(synced: boolean): void {
    if (synced === this.#synced) return;
    this.database.exec(`PRAGMA synchronous = ${synced ? "FULL" : "NORMAL"}`);
    this.#synced = synced;
  }

  #wipe(wiping: boolean): void {
    if (wiping === this.#wiping) return;
    this.database.exec(`PRAGMA secure_delete = ${wiping ? "ON" : "FAST"}`);
    this.#wiping = wiping;
  }

  /**
   * Leaves nothing of deleted rows that held one of these texts, neither in the file nor in its log. SQLite overwrites what
   * is deleted, but not what it copied to another page before, nor what was deleted by a process that did not ask it to: where
   * such a copy is found, the file is written anew. Not within a transaction.
   */
  scrub(texts: readonly string[]): void {
    this.#fold();
    this.#bytes ??= new FileBytes(this.#path);
    if (!this.#bytes.hold(texts)) return;
    // The new file is put together beside the old one, and memory may be too small for it.
    this.database.exec("PRAGMA temp_store = FILE");
    try {
      this.database.exec("VACUUM");
    } finally {
      this.database.exec("PRAGMA temp_store = MEMORY");
    }
    this.#fold();
  }

  /** Folds the write-ahead log into the file, as far as that can be done at once. */
  checkpoint(): void {
    this.database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  }

  /** Throws if the file is ours no longer. */
  check(): void {
    this.#hold.check();
  }

  /** Writes what is committed into a new file. Not within a transaction. */
  backUp(target: string): void {
    this.#hold.check();
    backUp(this.database, this.#path, target);
  }

  /** Folds the write-ahead log into the file and lets go of it. */
  close(): void {
    try {
      this.#foldIfMoved();
    } finally {
      this.database.close();
      this.#bytes?.close();
      this.#hold.release();
    }
  }
}
