import { workerData } from "node:worker_threads";
import type { ProbedFile } from "./probed-store.ts";
import { serveCalls } from "./serve-calls.ts";
import { SqliteCalls } from "./sqlite-calls.ts";
import { sabotagedVerbs } from "./store-sabotage.ts";

/** The store's thread as tests run it: it tells a module of theirs where it is, and may be told to break its word. */
const { file, probeModule, sabotage } = workerData as ProbedFile;
const { default: passing } = await import(probeModule);
if (typeof passing !== "function") throw new TypeError(`${probeModule} must export its probe as default.`);

serveCalls(
  new SqliteCalls(file, {
    passing,
    verbsOf: (verbs, tables) => sabotagedVerbs(verbs, tables, sabotage),
    syncedStages: sabotage.unsyncedStage !== true,
    commitsPerCheckpoint: 64,
  }),
);
