import type { WorkerOptions } from "node:worker_threads";
import { startThread, threadFile } from "../runtime/thread.ts";
import type { LaneStore } from "./lane-store.ts";
import { laneVerbs } from "./lane-verbs.ts";
import { memoryStoreOf } from "./memory-store.ts";
import type { MemoryStoreOptions } from "./memory-store.ts";
import { MemoryTables } from "./memory-tables.ts";
import { remoteStore } from "./remote-store.ts";
import { rememberFile, storeFile } from "./sqlite-store.ts";
import type { SqliteStoreOptions } from "./sqlite-store.ts";
import type { ThreadFile } from "./store-calls.ts";
import { checkLimit, MAX_LANES } from "./store-limits.ts";
import { sabotagedVerbs } from "./store-sabotage.ts";
import type { StoreSabotage } from "./store-sabotage.ts";

export type { StoreSabotage };

export interface ProbedStoreOptions extends SqliteStoreOptions, StoreSabotage {
  /** The heap at which its thread ends, MiB. Default: as Node decides. */
  readonly memoryMb?: number;
}

/**
 * `sqliteStore` for tests: its thread imports `probeModule` and calls its default export, a `(point: ProbePoint) => void`,
 * at each named instant, synchronously; it must not throw. `process.exit` there ends the thread alone, at that instant.
 * `options` may also ask for defects.
 *
 * @throws QuestlineError as `sqliteStore` does; `open` rejects with `store_unusable` for a module without a probe.
 */
export function probedSqliteStore(path: string, options: ProbedStoreOptions, probeModule: URL | string): LaneStore {
  const { unsyncedStage, ignoreLeaseTokens, onceKeyWithoutOccurrence, memoryMb, ...rest } = options;
  const probed: ThreadFile = {
    file: storeFile(path, rest),
    probeModule: String(probeModule),
    sabotage: { unsyncedStage, ignoreLeaseTokens, onceKeyWithoutOccurrence },
    ...(memoryMb !== undefined && { memoryMb }),
  };
  const thread = threadFile("sqlite-probed-worker", import.meta.url);
  if (thread === undefined)
    throw new TypeError("probedSqliteStore cannot be part of a bundle: leave @questline/core out.");
  return rememberFile(
    remoteStore(() => startThread(thread, { workerData: probed, name: "questline-store", ...limitsOf(probed) })),
    probed,
  );
}

const limitsOf = ({ memoryMb }: ThreadFile): Pick<WorkerOptions, "resourceLimits"> =>
  memoryMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: memoryMb } };

/** `memoryStore` for tests, with the defects asked for. */
export function sabotagedMemoryStore(options: MemoryStoreOptions & Omit<StoreSabotage, "unsyncedStage">): LaneStore {
  const { maxLanes = MAX_LANES, ...sabotage } = options;
  checkLimit("maxLanes", maxLanes, 1);
  const tables = new MemoryTables();
  return memoryStoreOf(sabotagedVerbs(laneVerbs(tables, { maxLanes }), tables, sabotage));
}
