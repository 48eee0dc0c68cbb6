import { parentPort, receiveMessageOnPort, workerData } from "node:worker_threads";
import { StreakFile, type StreakCall } from "./streak-file.ts";
import { saidIn } from "./streak-message.ts";

/** The thread that holds the file: no commit ever stalls a room. */
const file = new StreakFile(workerData as string);

parentPort?.on("message", (first: unknown) => {
  const calls = [...saidIn<StreakCall>(first)];
  // What queued up while the last transaction ran goes into the next one.
  for (let more = next(); more !== undefined; more = next()) calls.push(...more);
  if (calls.length > 0) parentPort?.postMessage(file.answer(calls));
});

function next(): readonly StreakCall[] | undefined {
  const received = parentPort ? receiveMessageOnPort(parentPort) : undefined;
  return received && saidIn<StreakCall>(received.message);
}
