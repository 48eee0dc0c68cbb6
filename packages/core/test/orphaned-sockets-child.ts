/** Says what this machine's kernel still sends to a port for processes that have ended. */
import { orphanedSockets } from "../src/runtime/orphaned-sockets.ts";

console.log(JSON.stringify(orphanedSockets(Number(process.argv[2]))));
