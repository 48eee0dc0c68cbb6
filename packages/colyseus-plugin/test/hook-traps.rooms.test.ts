import { definePlugins, Room, type Client } from "@colyseus/core";
import type { ColyseusTestServer } from "@colyseus/testing";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { attach, type Attached } from "../src/attach.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, joined, newUser, player, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;

/** What each room's own hooks saw. */
let calls: string[] = [];

class PlainRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
  override autoDispose = false;
}

class BaseRoom extends PlainRoom {
  override onJoin(_client: Client): void {
    calls.push("join");
  }
  override onLeave(_client: Client): void {
    calls.push("leave");
  }
}

class DerivedRoom extends BaseRoom {
  override onJoin(client: Client): void {
    super.onJoin(client);
  }
}

class GuardedRoom extends BaseRoom {
  override onUncaughtException(): void {}
}

class ArrowRoom extends PlainRoom {
  override onJoin = (): void => void calls.push("join");
  override onLeave = (): void => void calls.push("leave");
}

class ReassigningRoom extends PlainRoom {
  override onCreate(): void {
    this.onJoin = () => void calls.push("join");
    const { onLeave: before } = this as Room;
    this.onLeave = (client, code) => {
      calls.push("leave");
      return before?.call(this, client, code);
    };
  }
}

class ThrowingRoom extends PlainRoom {
  override onJoin(): void {
    calls.push("join");
  }
  override onLeave(): void {
    calls.push("leave");
    throw new Error("a bug of the game");
  }
}

const classes = {
  plain: PlainRoom,
  base: BaseRoom,
  derived: DerivedRoom,
  guarded: GuardedRoom,
  arrow: ArrowRoom,
  reassigning: ReassigningRoom,
  throwing: ThrowingRoom,
};

beforeAll(async () => {
  server = await serve(classes);
});
afterEach(async () => {
  await server.cleanup();
  calls = [];
  vi.restoreAllMocks();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

// The base class has to have been in use before its subclass: that is when the framework would double hooks.
test.each([
  ["plain", []],
  ["base", ["join", "join", "leave"]],
  ["derived", ["join", "join", "leave"]],
  ["guarded", ["join", "join", "leave"]],
  ["arrow", ["join", "join", "leave"]],
  ["reassigning", ["join", "join", "leave"]],
  ["throwing", ["join", "join", "leave"]],
] as const)("the first %s room: hooks run once, and a player who left is in the round", async (name, expected) => {
  for (const level of ["error", "info"] as const) vi.spyOn(console, level).mockImplementation(() => {});
  const [ada, grace] = [newUser(emulator), newUser(emulator)];
  const left = await player(ada.token).joinOrCreate(name);
  const room = server.getRoomById<PlainRoom>(left.roomId);
  const stays = await player(grace.token).joinById(room.roomId);
  await Promise.all([joined(room, left), joined(room, stays)]);
  await left.leave();
  await vi.waitFor(() => expect(room.clients.length).toBe(1), { interval: 5 });
  expect(calls).toEqual(expected);

  const receipts = room.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 1 }));
  expect([...receipts.keys()].sort()).toEqual([ada.id, grace.id].sort());
  expect(room.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 1 }))).toBe(receipts);
});

test("a base class that attaches and a subclass with the plugin have one match between them", async () => {
  class AttachingRoom extends PlainRoom {
    attached!: Attached<typeof questline.events>;
    override onCreate(): void {
      this.attached = attach(this, questline);
    }
  }
  server.server.define("attaching", AttachingRoom);
  const ada = newUser(emulator);
  const sdk = await player(ada.token).joinOrCreate("attaching");
  const room = server.getRoomById<AttachingRoom>(sdk.roomId);
  await joined(room, sdk);
  const end = () => ({ won: true, score: 1n, timeMs: 1 });
  expect(room.attached.endMatch("matchEnded", end)).toBe(room.plugins.questline.endMatch("matchEnded", end));
});

test("a room's onAuth that can never run is told once for its class", async () => {
  class TwoAuths extends PlainRoom {
    override onAuth(): boolean {
      return true;
    }
  }
  // Colyseus says something of its own about it.
  vi.spyOn(console, "info").mockImplementation(() => {});
  server.server.define("twoAuths", TwoAuths);
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  await server.createRoom("twoAuths");
  await server.createRoom("twoAuths");
  const told = warned.mock.calls.filter(([message]) => /onAuth\(client\) never runs/.test(String(message)));
  expect(told).toEqual([[expect.stringContaining('`auth: "required"`'), { room: "TwoAuths" }]]);
});

test("what is advised then works: the room's own onAuth has its room, its client and the player", async () => {
  class AdvisedRoom extends Room {
    readonly banned = new Set<string>();
    override autoDispose = false;
    override plugins = definePlugins([questlinePlugin(questline, { auth: "required" })]);
    override onAuth(client: Client, { seat }: { seat: number }): object | false {
      return !this.banned.has(String(seat)) && { session: client.sessionId, seat };
    }
  }
  server.server.define("advised", AdvisedRoom);
  const ada = newUser(emulator);
  const sdk = await player(ada.token).joinOrCreate("advised", { seat: 3 });
  const room = server.getRoomById<AdvisedRoom>(sdk.roomId);
  await joined(room, sdk);
  const { auth } = room.clients.get(sdk.sessionId) ?? {};
  expect(auth).toEqual({ id: ada.id, alias: ada.alias, session: sdk.sessionId, seat: 3 });
  expect(room.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 1 })).size).toBe(1);
  room.banned.add("4");
  await expect(player(newUser(emulator).token).joinById(sdk.roomId, { seat: 4 })).rejects.toThrow(/onAuth/);
});

test("a room made by the server, with nobody in it, ends without a word", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const room = await server.createRoom<PlainRoom>("plain");
  expect(room.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 1 })).size).toBe(0);
  expect(warned).not.toHaveBeenCalled();
});
