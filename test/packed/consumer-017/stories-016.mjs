import { createServer } from "node:http";
import { ClientState, matchMaker, Room, Server } from "@colyseus/core";
import { schema } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { attach, attachTo, questlineAuth, questlineEndpoints } from "@questline/colyseus/attach";
import { createEmulator } from "@questline/emulator";
import { Client as SdkClient } from "colyseus.js";
import { gameAt } from "./game.mjs";

/** Games of Colyseus 0.16, each played to its end on one server. */

const emulator = await createEmulator();
const questline = gameAt(emulator.url);
const DuelState = schema({ phase: "string", winner: "string" });
const payload = (won) => ({ won, timeMs: 81_250 });

class DuelRoom extends Room {
  static onAuth = questlineAuth(questline);
  left = [];
  onCreate(options) {
    this.given = JSON.stringify(options);
    this.questline = attach(this, questline);
  }
  onLeave(client, consented) {
    this.left.push(consented);
  }
  end() {
    return this.questline.endMatch("matchEnded", () => payload(true));
  }
}

/** Says nothing of achievements where a match ends. */
class WatchedRoom extends DuelRoom {
  patchRate = 10;
  onCreate() {
    const results = ({ winner }, { sessionId }) => payload(winner === sessionId);
    const watch = { event: "matchEnded", state: ({ phase }) => phase === "ended", results };
    this.questline = attach(this, questline, { watch });
    this.setState(new DuelState().assign({ phase: "playing", winner: "" }));
  }
}

/** Its players may come back, as 0.16 has it, which calls no `onReconnect`: that one is the game's own. */
class HoldingRoom extends DuelRoom {
  back = [];
  async onLeave(client, consented) {
    this.left.push(consented);
    if (!consented) this.onReconnect(await this.allowReconnection(client, 5));
  }
  onReconnect({ sessionId }) {
    this.back.push(sessionId);
  }
}

class FailingRoom extends DuelRoom {
  back = [];
  async onLeave(client, consented) {
    this.left.push(consented);
    if (!consented) this.back.push(await this.allowReconnection(client, 5));
    throw new Error("the game's own");
  }
}

class GuestsRoom extends DuelRoom {
  static onAuth = questlineAuth(questline, { guests: true });
}

const http = createServer();
const server = new Server({
  transport: new WebSocketTransport({ server: http }),
  greet: false,
  gracefullyShutdown: false,
});
attachTo(questline, server, { timeoutMs: 2_000 });
const rooms = { DuelRoom, WatchedRoom, HoldingRoom, FailingRoom, GuestsRoom };
for (const [name, room] of Object.entries(rooms)) server.define(name, room);
await server.listen(0, "127.0.0.1");
for (const level of ["warn", "info", "error", "debug"]) console[level] = () => {};

const tell = (story, result) => console.log(JSON.stringify({ story, result }));

let users = 0;
function newUser() {
  const { id } = emulator.world.createUser({ alias: `player.${++users}` });
  return { id, token: emulator.world.mintUserToken("1", id) };
}

/** Joined by the header, unless the options bring the token, or nothing does. */
async function sit(name, how = "header") {
  const user = newUser();
  const headers = how === "header" ? { "x-meta-token": user.token } : {};
  const client = new SdkClient(`ws://127.0.0.1:${http.address().port}`, { headers });
  const sdk = await client.joinOrCreate(name, how === "option" ? { metaToken: user.token } : {});
  return seat({ user, client }, sdk);
}

async function seat(player, sdk) {
  const heard = [];
  sdk.onMessage("*", (type) => heard.push(type));
  const room = matchMaker.getLocalRoomById(sdk.roomId);
  await until(() => room.clients.getById(sdk.sessionId)?.state === ClientState.JOINED);
  return { ...player, sdk, room, heard };
}

async function until(isSo) {
  for (let looks = 0; looks < 500; looks++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`never came true: ${isSo}`);
}

const settled = (receipts) => Promise.all([...receipts.values()].map((receipt) => receipt.settled));
const played = ({ user }) => Number(emulator.oracle.achievement(user.id, "WINS_100").added);
const won = ({ user }) => emulator.world.progress(user.id, "FIRST_WIN").unlocked;

{
  const ada = await sit("DuelRoom");
  const grace = await sit("DuelRoom", "option");
  const { room } = ada;
  await grace.sdk.leave();
  await until(() => room.left.length === 1);
  await settled(room.end());
  await until(() => ada.heard.includes("questline:unlocked"));
  const held = JSON.stringify([room.given, room.clients.map(({ auth }) => auth)]);
  const leaked = [ada, grace].some(({ user }) => held.includes(user.token));
  tell("endMatch", { same: room === grace.room, left: room.left, played: [played(ada), played(grace)], leaked });
}

{
  const ada = await sit("WatchedRoom");
  const grace = await sit("WatchedRoom");
  const { room } = ada;
  for (let round = 1; round <= 2; round++) {
    room.state.assign({ phase: "ended", winner: ada.sdk.sessionId });
    await until(() => played(ada) === round && played(grace) === round);
    room.state.assign({ phase: "playing", winner: "" });
    // A few patches, in which the watch looks.
    await new Promise((resolve) => setTimeout(resolve, 10 * room.patchRate));
  }
  tell("watch", { played: [played(ada), played(grace)], won: [won(ada), won(grace)] });
}

for (const name of ["HoldingRoom", "FailingRoom"]) {
  const ada = await sit(name);
  const { room, sdk } = ada;
  const token = sdk.reconnectionToken;
  room.clients.getById(sdk.sessionId).ref.terminate();
  await until(() => room.left.length === 1);
  await settled(room.end());
  const back = await seat(ada, await ada.client.reconnect(token));
  await until(() => back.heard.includes("questline:unlocked"));
  await settled(room.end());
  const same = back.sdk.sessionId === sdk.sessionId;
  const result = { same, left: room.left, back: room.back.length, before: ada.heard, played: played(ada) };
  tell(`reconnect to a ${name}`, result);
}

{
  const guest = await sit("GuestsRoom", "nothing");
  const ada = await sit("GuestsRoom");
  await settled(ada.room.end());
  guest.sdk.send("questline:token", { token: guest.user.token });
  await until(() => played(guest) === 1);
  tell("guest", { played: [played(guest), played(ada)] });
}

{
  const stranger = new SdkClient(`ws://127.0.0.1:${http.address().port}`);
  const refused = await stranger.joinOrCreate("DuelRoom").catch(({ code }) => code);
  let endpoints;
  try {
    questlineEndpoints(questline);
  } catch ({ name, message }) {
    endpoints = `${name}: ${message}`;
  }
  tell("limits", { refused, endpoints });
}

{
  const last = await sit("DuelRoom");
  last.room.end();
  await server.gracefullyShutdown(false);
  tell("shutdown", { played: played(last) });
}
await emulator.close();
process.exit();
