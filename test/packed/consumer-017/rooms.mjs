import { matchMaker } from "@colyseus/core";
import { attach } from "@questline/colyseus/attach";
import {
  drop,
  DuelRoom,
  emulator,
  leaveStage,
  listen,
  newUser,
  played,
  questline,
  seen,
  settled,
  sit,
  tell,
  until,
} from "./scene.mjs";

/** Rooms of every shape, and the server's end. */

class NotingRoom extends DuelRoom {
  onJoin() {
    this.note("join");
  }
  onLeave() {
    this.note("leave");
  }
}
class DerivedRoom extends NotingRoom {
  onCreate(options) {
    super.onCreate(options);
    this.again = attach(this, questline);
  }
  onJoin() {
    super.onJoin();
  }
}
class GuardedRoom extends NotingRoom {
  onUncaughtException() {}
}
class ArrowRoom extends DuelRoom {
  onJoin = () => this.note("join");
  onLeave = () => this.note("leave");
}
class ThrowingRoom extends NotingRoom {
  onLeave() {
    this.note("leave");
    throw new Error("a bug of the game");
  }
}
class PickyRoom extends NotingRoom {
  onJoin(_client, { banned }) {
    if (banned) throw new Error("a ban of the game's own");
  }
}
class HoldingRoom extends DuelRoom {
  onDrop(client) {
    this.allowReconnection(client, 20).catch(() => {});
  }
}
class OldStyleRoom extends DuelRoom {
  async onLeave(client) {
    await this.allowReconnection(client, 20);
  }
}
class DisposeRoom extends DuelRoom {
  autoDispose = true;
  onDispose() {
    this.last = this.end();
  }
}

class GuestRoom extends DuelRoom {
  static onAuth = undefined;
  onCreate(options) {
    this.questline = attach(this, questline, { auth: "guests" });
    seen.set(this.roomId, { options: JSON.stringify(options), calls: [] });
  }
  onJoin(_client, options) {
    this.note(JSON.stringify(options));
  }
}

const classes = { DuelRoom, NotingRoom, DerivedRoom, GuardedRoom, ArrowRoom, ThrowingRoom };
const server = await listen({ ...classes, PickyRoom, HoldingRoom, OldStyleRoom, DisposeRoom, GuestRoom });

for (const name of Object.keys(classes)) {
  const [left, stays] = [await sit(name), await sit(name, "option")];
  await left.sdk.leave();
  await until(() => left.room.clients.length === 1);
  const receipts = left.room.end();
  const repeated = left.room.end() === receipts;
  await settled(receipts);
  const { calls, options } = seen.get(left.room.roomId);
  tell(`hooks of ${name}`, { calls, repeated, played: [left, stays].map(({ user }) => played(user)) });
  if (name !== "DuelRoom") continue;
  tell("identity", {
    auth: left.room.clients.map(({ auth }) => Object.keys(auth).join()),
    leaked: [left, stays].some(({ user }) => (options + JSON.stringify(left.room.questline)).includes(user.token)),
  });
}

{
  const { room } = await sit("DerivedRoom");
  tell("attached twice", room.again === room.questline);
}
{
  const ada = await sit("PickyRoom");
  const eve = newUser();
  const refused = await sit("PickyRoom", eve, { banned: true }).then(
    () => "joined",
    (error) => error.message,
  );
  tell("rejected midway", { refused, reported: [...ada.room.end().keys()].map((id) => id === ada.user.id) });
}
for (const name of ["HoldingRoom", "OldStyleRoom"]) {
  const ada = await sit(name);
  Object.assign(ada.sdk.reconnection, { minUptime: 0, minDelay: 300, maxDelay: 300, delay: 300 });
  drop(ada);
  await until(() => ada.room.clients.length === 0);
  await settled(ada.room.end());
  const before = ada.heard.length;
  await until(() => ada.heard.length === 2);
  tell(`came back to ${name}`, { before, heard: ada.heard.map(({ type }) => type).sort(), played: played(ada.user) });
}
{
  const ada = await sit("DuelRoom");
  emulator.world.expireToken(ada.user.token);
  const receipts = ada.room.end();
  await until(() => ada.heard.some(({ type }) => type === "questline:token"));
  ada.sdk.send("questline:token", { token: emulator.world.mintUserToken("1", ada.user.id) });
  await settled(receipts);
  tell("a fresh token", {
    asked: ada.heard.find(({ type }) => type === "questline:token").payload,
    score: String(emulator.world.entry("BEST_TIME", ada.user.id).score),
  });
}
{
  const ada = await sit("GuestRoom", "option");
  const guest = await sit("GuestRoom", "nothing");
  const reported = [...ada.room.end().keys()].map((id) => id === ada.user.id);
  guest.sdk.send("questline:token", { token: guest.user.token });
  await until(() => played(guest.user) === 1 && played(ada.user) === 1);
  const scrubbed = !seen.get(ada.room.roomId).calls.join().includes(ada.user.token);
  tell("guests", { reported, scrubbed, ...ada.room.questline.toJSON().guestReports });
}
{
  const ada = await sit("DisposeRoom");
  await ada.sdk.leave();
  await until(() => played(ada.user) === 1);
  tell("reported in onDispose", played(ada.user));
}
{
  const ada = await sit("NotingRoom");
  ada.room.questline.report(ada.sdk.sessionId, "kill", { map: 3 }, { id: "k-1" });
  ada.sdk.reconnection.enabled = false;
  const order = [];
  server.onShutdown(() => order.push("the game's own callback"));
  const dispose = ada.room.onDispose;
  ada.room.onDispose = () => (order.push("rooms"), dispose?.call(ada.room));
  await server.gracefullyShutdown(false);
  const { durable } = questline.match("late").report(ada.user.id, "kill", { map: 1 }, { id: "k-2" });
  const bits = emulator.world.progress(ada.user.id, "EVERY_MAP").bits;
  tell("shutdown", { order, bits, late: (await durable).status, rooms: (await matchMaker.stats.local).roomCount });
}
await leaveStage();
