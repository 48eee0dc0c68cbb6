import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import { startThread, threadFile } from "../runtime/thread.ts";
import { directStore } from "./direct-store.ts";
import type { LaneStore } from "./lane-store.ts";
import { remoteStore } from "./remote-store.ts";
import { SqliteCalls } from "./sqlite-calls.ts";
import type { Durability } from "./sqlite-file.ts";
import type { StoreFile, ThreadFile } from "./store-calls.ts";
import { checkLimit, LEAST_BYTES, MAX_LANES } from "./store-limits.ts";

export type { Durability };

export interface SqliteStoreOptions {
  /**
   * What an accepted report survives. `process`: the death of the process. `power`: also that of the machine, at one
   * fsync per commit. What guards a count against being sent twice is always written with an fsync. Default `process`.
   */
  readonly durability?: Durability;
  /** Lanes (a user's achievement or leaderboard) it takes; a report that needs more is refused. Default 1 000 000. */
  readonly maxLanes?: number;
  /**
   * Bytes the file may grow to, at least 1 MiB; its write-ahead log comes on top. Reports are refused a tenth earlier, so
   * that what was accepted can still be delivered. Default: as large as the disk allows.
   */
  readonly maxBytes?: number;
}

/**
 * Lanes in a SQLite file, in a thread that also delivers them (Node's own SQLite; nothing to install). One file serves one process; its
 * directory must exist, on a local disk.
 *
 * @throws QuestlineError `bad_input` for an empty path, an in-memory database or a limit that is none; `open` rejects with `store_locked`,
 * `store_newer` or `store_unusable`.
 */
export function sqliteStore(path: string, options: SqliteStoreOptions = {}): LaneStore {
  const file = storeFile(path, options);
  return rememberFile(storeOf(file), { file });
}

const files = new WeakMap<LaneStore, ThreadFile>();

/** From here on `fileOf` knows the store's file. */
export function rememberFile(store: LaneStore, file: ThreadFile): LaneStore {
  files.set(store, file);
  return store;
}

/** What a thread needs to open this store's file by itself; undefined for a store that is no file of ours. */
export function fileOf(store: LaneStore): ThreadFile | undefined {
  return files.get(store);
}

/** The checked options; throws `bad_input`. */
export function storeFile(path: string, options: SqliteStoreOptions): StoreFile {
  const { durability = "process", maxLanes = MAX_LANES, maxBytes } = options;
  checkPath(path);
  checkLimit("maxLanes", maxLanes, 1);
  if (maxBytes !== undefined) checkLimit("maxBytes", maxBytes, LEAST_BYTES);
  if (durability !== "process" && durability !== "power") {
    throw new QuestlineError("bad_input", `durability must be "process" or "power", not ${shownValue(durability)}.`);
  }
  return { path, durability, maxLanes, maxBytes };
}

function checkPath(path: unknown): void {
  if (typeof path === "string" && path.trim() !== "" && !path.startsWith(":memory:") && !path.startsWith("file:"))
    return;
  throw new QuestlineError(
    "bad_input",
    `sqliteStore needs the path of a file, not ${shownValue(path)}. For lanes that end with the process use memoryStore().`,
  );
}

/** Part of a bundle that has left its thread out, it is used where it is made. */
function storeOf(file: StoreFile): LaneStore {
  const thread = threadFile("sqlite-worker", import.meta.url);
  if (thread === undefined) return directStore(new SqliteCalls(file));
  return remoteStore(() => startThread(thread, { workerData: file, name: "questline-store" }));
}
