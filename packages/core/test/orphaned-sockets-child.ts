/** Says of each port whether this machine's kernel still sends to it for processes that have ended. */
import { orphanedSockets } from "../src/runtime/orphaned-sockets.ts";

console.log(JSON.stringify(process.argv.slice(2).map((port) => orphanedSockets(Number(port)))));
