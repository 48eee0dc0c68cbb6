import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { SqliteCalls } from "./sqlite-calls.ts";
import type { StoreCall, StoreFile } from "./store-calls.ts";

/** The thread that holds the database: no commit, fsync or checkpoint ever stalls the thread that asked. */
const calls = new SqliteCalls(workerData as StoreFile);

parentPort?.on("message", (first: readonly StoreCall[]) => {
  const gathered = [...first];
  // What queued up while the last transaction ran goes into the next one.
  for (let more = next(); more !== undefined; more = next()) gathered.push(...more);
  parentPort?.postMessage(calls.answer(gathered));
});

function next(): readonly StoreCall[] | undefined {
  return parentPort ? receiveMessageOnPort(parentPort)?.message : undefined;
}
