import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { unpackFiring } from "./packed-firing.ts";
import type { PackedFiring } from "./packed-firing.ts";
import type { SqliteCalls } from "./sqlite-calls.ts";
import type { StoreCall, StoreEvent, ThreadAnswer } from "./store-calls.ts";
import { saidIn } from "./thread-message.ts";

/** Answers what the thread that started this one asks, for as long as both live. */
export function serveCalls(calls: SqliteCalls): void {
  const say = (said: readonly ThreadAnswer<StoreEvent>[]): void => parentPort?.postMessage(said);
  calls.onSetAside((setAside) => say([{ event: { setAside } }]));
  parentPort?.on("message", (first: unknown) => {
    const gathered = [...saidIn<StoreCall>(first)];
    // What queued up while the last transaction ran goes into the next one.
    for (let more = next(); more !== undefined; more = next()) gathered.push(...more);
    if (gathered.length > 0) say(calls.answer(gathered.map(unpacked)));
  });
}

function next(): readonly StoreCall[] | undefined {
  const received = parentPort ? receiveMessageOnPort(parentPort) : undefined;
  return received && saidIn(received.message);
}

/** Firings travel packed. */
function unpacked(call: StoreCall): StoreCall {
  if (call.verb !== "accept") return call;
  const reports = call.args[0] as readonly (readonly PackedFiring[])[];
  return { ...call, args: [reports.map((report) => report.map(unpackFiring))] };
}
