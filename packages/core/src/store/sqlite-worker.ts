import { workerData } from "node:worker_threads";
import { serveCalls } from "./serve-calls.ts";
import { SqliteCalls } from "./sqlite-calls.ts";
import type { StoreFile } from "./store-calls.ts";

/** The thread that holds the database: no commit, fsync or checkpoint ever stalls the thread that asked. */
serveCalls(new SqliteCalls(workerData as StoreFile));
