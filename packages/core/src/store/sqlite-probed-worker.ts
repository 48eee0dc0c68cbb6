import { workerData } from "node:worker_threads";
import { openCalls } from "./open-calls.ts";
import { serveCalls } from "./serve-calls.ts";
import type { ThreadFile } from "./store-calls.ts";

/** The store's thread as tests run it: it tells a module of theirs where it is, and may be told to break its word. */
const { calls } = await openCalls(workerData as ThreadFile);
serveCalls(calls);
