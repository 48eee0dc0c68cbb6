import type { DatabaseSync, DatabaseSyncOptions } from "node:sqlite";

/** Asked for when a file is opened, not imported: some bundlers take `node:` off a name, and there is no other `sqlite`. */
export function openDatabase(path: string, options: DatabaseSyncOptions): DatabaseSync {
  const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
  return new DatabaseSync(path, options);
}

/** Node 23 does not say it by itself. */
export function isInTransaction(database: DatabaseSync): boolean {
  const said = database.isTransaction as boolean | undefined;
  if (said !== undefined) return said;
  try {
    database.exec("BEGIN; ROLLBACK");
    return false;
  } catch {
    // Transactions do not nest.
    return true;
  }
}
