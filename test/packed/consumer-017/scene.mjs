import { createServer } from "node:http";
import { ClientState, matchMaker, Room, Server } from "@colyseus/core";
import { Client as SdkClient } from "@colyseus/sdk";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { attach, attachTo, questlineAuth } from "@questline/colyseus/attach";
import { createEmulator } from "@questline/emulator";
import { gameAt } from "./game.mjs";

export const emulator = await createEmulator();
export const questline = gameAt(emulator.url);

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
export const address = () => `127.0.0.1:${http.address().port}`;

/** A server with these rooms, that listens; what rooms and the SDK warn of is no part of the answer. */
export async function listen(rooms, options = {}) {
  const transport = new WebSocketTransport({ server: http });
  const server = new Server({ transport, greet: false, gracefullyShutdown: false, ...options });
  attachTo(questline, server, { timeoutMs: 2_000 });
  for (const [name, room] of Object.entries(rooms)) server.define(name, room);
  await server.listen(0, "127.0.0.1");
  for (const level of ["warn", "info", "error", "debug"]) console[level] = () => {};
  return server;
}

/** One line of what came of a story. */
export const tell = (story, result) => console.log(JSON.stringify({ story, result }));

export async function leaveStage() {
  await emulator.close();
  process.exit();
}

const notices = ["unlocked", "recorded", "progress", "delayed", "token"].map((name) => `questline:${name}`);

/** A connection of this user in this room, once the server has its acknowledgement. */
export async function seat(user, sdk) {
  const heard = [];
  for (const type of notices) sdk.onMessage(type, (payload) => heard.push({ type, payload }));
  sdk.onMessage("*", () => {});
  const room = matchMaker.getLocalRoomById(sdk.roomId);
  await until(() => room.clients.getById(sdk.sessionId)?.state === ClientState.JOINED);
  return { user, sdk, room, heard };
}

/** A user of the emulator, joined to a room of this name; `how` is `header`, `option`, `nothing` or a user met before. */
export async function sit(name, how = "header", joinOptions = {}) {
  const user = typeof how === "object" ? how : newUser();
  const headers = how === "option" || how === "nothing" ? {} : { "x-meta-token": user.token };
  const options = how === "option" ? { ...joinOptions, metaToken: user.token } : joinOptions;
  return seat(user, await client(headers).joinOrCreate(name, options));
}

export const client = (headers = {}) => new SdkClient(`ws://${address()}`, { headers });

export const drop = ({ room, sdk }) => room.clients.getById(sdk.sessionId).ref.terminate();

let users = 0;

export function newUser() {
  const alias = `player.${++users}`;
  const { id } = emulator.world.createUser({ alias });
  return { id, token: emulator.world.mintUserToken("1", id) };
}

/** Matches this user was counted for at the platform. */
export const played = ({ id }) => Number(emulator.oracle.achievement(id, "WINS_100").added);

export const settled = (receipts) => Promise.all([...receipts.values()].map((receipt) => receipt.settled));

/** Looks until it is so, also by a promise; throws after five seconds. */
export async function until(isSo) {
  for (let looks = 0; looks < 500; looks++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never came true: ${isSo}`);
}
