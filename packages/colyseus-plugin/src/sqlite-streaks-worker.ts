import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { StreakFile, type StreakCall } from "./streak-file.ts";

/** The thread that holds the file: no commit ever stalls a room. */
const file = new StreakFile(workerData as string);

parentPort?.on("message", (first: StreakCall) => {
  const calls = [first];
  // What queued up while the last transaction ran goes into the next one.
  for (let more = next(); more !== undefined; more = next()) calls.push(more);
  parentPort?.postMessage(file.answer(calls));
});

function next(): StreakCall | undefined {
  return parentPort ? receiveMessageOnPort(parentPort)?.message : undefined;
}
