import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { matchMaker, Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { obeyParent, readyWith } from "../child.ts";
import { quietLogger } from "../game/quiet-logger.ts";
import { sleep } from "../runtime/timers.ts";
import { intervals, PlainRoom, QuestlineRoom, rooms } from "./duel-room.ts";
import { questline } from "./questline.ts";
import type { Memory, ServerOrders } from "./wire.ts";

const { BENCH_ROOMS = "1", BENCH_CLIENTS = "1" } = process.env;

/** A busy machine delivers later; memory is looked at all the same. */
const FLUSH_MS = 15_000;
/** Rooms begin and end their matches in so many groups. */
const SLICES = 10;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as (options: object) => void;

const http = createServer();
const server = new Server({
  // Its pings, to everybody in one go, would be the worst of all that is measured here.
  transport: new WebSocketTransport({ server: http, pingInterval: 0 }),
  logger: quietLogger,
  greet: false,
  gracefullyShutdown: false,
});
server.define("plain", PlainRoom).filterBy(["room"]);
server.define("questline", QuestlineRoom).filterBy(["room"]);

obeyParent<ServerOrders>({
  play,
  forgetIntervals: () => intervals.forget(),
  intervals: () => intervals.read(),
  deliver,
  memory,
  reported: () => questline.stats().events,
  async close() {
    await questline.close({ timeoutMs: 1_000 });
  },
});

await questline.ready;
await server.listen(0, "127.0.0.1");
for (let room = 0; room < Number(BENCH_ROOMS); room++) {
  await matchMaker.createRoom(process.env["BENCH_ROOM"] ?? "plain", { room, clients: Number(BENCH_CLIENTS) });
}
readyWith({ port: (http.address() as AddressInfo).port });

/** All rooms begin, and end, within a few patches: what a tournament's clock does. */
async function play(matches: number, everyMs: number): Promise<void> {
  for (let match = 0; match < matches; match++) {
    await inSlices((room) => room.begin(), everyMs);
    await sleep(everyMs * 0.5);
    await inSlices((room) => room.end(), everyMs);
    await sleep(everyMs * 0.3);
  }
}

/** A tenth of the rooms at a time: every tenth, since what ends together was not made together. */
async function inSlices(step: (room: PlainRoom) => void, everyMs: number): Promise<void> {
  for (let slice = 0; slice < SLICES; slice++) {
    for (const [n, room] of [...rooms].entries()) if (n % SLICES === slice) step(room);
    await sleep(everyMs * 0.01);
  }
}

async function deliver(): Promise<void> {
  await Promise.race([questline.flush(), sleep(FLUSH_MS)]);
}

async function memory(): Promise<Memory> {
  await deliver();
  // What a turn of the event loop lets go of is garbage only after it.
  for (let turn = 0; turn < 3; turn++) {
    await sleep(50);
    // As thoroughly as when memory runs out: otherwise code and caches come and go by chance, megabytes at a time.
    gc({ type: "major", execution: "sync", flavor: "last-resort" });
  }
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  return { heap: heapUsed + arrayBuffers, resident: rss };
}
