import { createServer } from "node:http";
import { ClientState, matchMaker, Room, Server } from "@colyseus/core";
import { Client as SdkClient } from "@colyseus/sdk";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { attach, attachTo, questlineAuth } from "@questline/colyseus/attach";
import { board, count, createQuestline, each, bitfield, memoryStore, oncePerMatch, simple } from "@questline/core";
import { createEmulator } from "@questline/emulator";

export const emulator = await createEmulator();

export const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: memoryStore(),
  graph: { baseUrl: emulator.url },
  delivery: { windowMs: 20, quietPeriodMs: 200, backoffMs: 20, maxBackoffMs: 100 },
  achievements: { FIRST_WIN: simple(), WINS_100: count(100), EVERY_MAP: bitfield(7, { target: 7 }) },
  leaderboards: { BEST_TIME: board({ sort: "lower-is-better", writes: "client" }) },
  events: { matchEnded: oncePerMatch(), kill: each() },
  rules: {
    matchEnded: ({ unlock, addCount, submitScore }) => [
      unlock("FIRST_WIN").when((e) => e.won),
      addCount("WINS_100", 1),
      submitScore("BEST_TIME", (e) => e.timeMs),
    ],
    kill: ({ addBits }) => [addBits("EVERY_MAP", (e) => [e.map])],
  },
});

/** What rooms saw, by room id. */
export const seen = new Map();

export class DuelRoom extends Room {
  static onAuth = questlineAuth(questline);
  autoDispose = false;

  onCreate(options) {
    this.questline = attach(this, questline);
    seen.set(this.roomId, { options: JSON.stringify(options), calls: [] });
  }

  note(call) {
    seen.get(this.roomId).calls.push(call);
  }

  end() {
    return this.questline.endMatch("matchEnded", () => ({ won: true, timeMs: 81_250 }));
  }
}

const http = createServer();
export const server = new Server({
  transport: new WebSocketTransport({ server: http }),
  greet: false,
  gracefullyShutdown: false,
});
attachTo(questline, server, { timeoutMs: 2_000 });

/** Listens with these rooms. */
export async function listen(rooms) {
  for (const [name, room] of Object.entries(rooms)) server.define(name, room);
  await server.listen(0, "127.0.0.1");
}

let users = 0;

/** A user of the emulator, joined to a room of this name; `how` is `header`, `option`, `nothing` or a user met before. */
export async function sit(name, how = "header", joinOptions = {}) {
  const user = typeof how === "object" ? how : newUser();
  const headers = how === "option" || how === "nothing" ? {} : { headers: { "x-meta-token": user.token } };
  const options = how === "option" ? { ...joinOptions, metaToken: user.token } : joinOptions;
  const sdk = await new SdkClient(`ws://127.0.0.1:${http.address().port}`, headers).joinOrCreate(name, options);
  const heard = [];
  for (const type of ["questline:unlocked", "questline:recorded", "questline:token"])
    sdk.onMessage(type, (payload) => heard.push({ type, payload }));
  const room = matchMaker.getLocalRoomById(sdk.roomId);
  await until(() => room.clients.getById(sdk.sessionId)?.state === ClientState.JOINED);
  return { user, sdk, room, heard };
}

export function newUser() {
  const alias = `player.${++users}`;
  const { id } = emulator.world.createUser({ alias });
  return { id, token: emulator.world.mintUserToken("1", id) };
}

export const settled = (receipts) => Promise.all([...receipts.values()].map((receipt) => receipt.settled));

/** Looks until it is so; throws after five seconds. */
export async function until(isSo) {
  for (let looks = 0; looks < 500; looks++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never came true: ${isSo}`);
}
