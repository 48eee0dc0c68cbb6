import { DatabaseSync } from "node:sqlite";
import type { SetAside } from "../../src/store/lane-records.ts";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { directStore } from "../../src/store/direct-store.ts";
import { SqliteCalls } from "../../src/store/sqlite-calls.ts";
import { storeFile } from "../../src/store/sqlite-store.ts";
import { openAs, T0 } from "./lane-steps.ts";

/** An open store of this thread, and what it said of damaged rows. */
export interface Opened {
  readonly store: LaneStore;
  readonly told: SetAside[];
}

export async function openFile(path: string, incarnation: string = "first", now: number = T0): Promise<Opened> {
  const store = directStore(new SqliteCalls(storeFile(path, {}), { now: (): number => now }));
  const told: SetAside[] = [];
  store.onSetAside?.((rows) => void told.push(...rows));
  await openAs(store, incarnation, now);
  return { store, told };
}

/** Changes a file that nobody has open. */
export function change(path: string, sql: string, ...values: readonly (string | number | bigint | null)[]): void {
  const database = new DatabaseSync(path);
  database.prepare(sql).run(...values);
  database.close();
}
