import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tell } from "./tell.ts";

const FULL = 2;

/**
 * Tells how much of the write-ahead log an fsync covers, watched where the store meets SQLite and not by its word: a
 * commit syncs the log exactly where `synchronous` is FULL or more, and a checkpoint syncs it before it copies.
 */
export function watchSyncs(database: string): void {
  const exec = DatabaseSync.prototype.exec;
  const told = (): void =>
    tell({ t: "synced", bytes: statSync(`${database}-wal`, { throwIfNoEntry: false })?.size ?? 0 });
  DatabaseSync.prototype.exec = function watched(this: DatabaseSync, sql: string): void {
    exec.call(this, sql);
    const commits =
      /^\s*COMMIT/i.test(sql) && Number(this.prepare("PRAGMA synchronous").get()?.["synchronous"]) >= FULL;
    if (commits || /wal_checkpoint/i.test(sql)) told();
  };
}
