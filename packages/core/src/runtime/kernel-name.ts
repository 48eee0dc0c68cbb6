import { createServer } from "node:net";
import type { Server } from "node:net";

/** A name that this thread has in the kernel until it gives it back or ends, however it ends. */
export interface KernelName {
  release(): void;
}

let tries = 0;

/**
 * Takes a name that only one thread of all processes can have at a time: under Linux an abstract socket (unix(7)), within one
 * network namespace. It is no file, so nothing that opens, copies or deletes files touches it, and nothing of it is left
 * behind. `undefined` where there are no such names.
 */
export function takeKernelName(name: string): KernelName | "taken" | undefined {
  if (process.platform !== "linux") return undefined;
  const server = listenAt(name);
  if (server) return { release: () => void server.close() };
  // The error comes a turn later, too late for the caller; where a name of our own cannot be had either, none can.
  const other = listenAt(`${name}:${process.pid}:${performance.now()}:${++tries}`);
  other?.close();
  return other && "taken";
}

function listenAt(name: string): Server | undefined {
  const server = createServer((socket) => socket.destroy());
  server.on("error", () => undefined);
  // Exclusive: a worker of node:cluster would otherwise share the name with its siblings.
  server.listen({ path: `\0${name}`, exclusive: true });
  server.unref();
  return server.listening ? server : undefined;
}
