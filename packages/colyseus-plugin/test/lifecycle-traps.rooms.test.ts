import { CloseCode, definePlugins, matchMaker, QueueRoom, Room, type Client } from "@colyseus/core";
import type { ColyseusTestServer } from "@colyseus/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import type { MatchReceipts } from "../src/ended-round.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { playerAuth } from "../src/player-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, joined, newUser, player, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;
let quiet: MockInstance[];

/** What rooms of a test tell it, and what they wait for. */
let told: Record<string, unknown> = {};
let gate = Promise.withResolvers<void>();

class DuelRoom extends Room {
  static override onAuth = questlineAuth(questline, { then: () => ({ sessionId: "forged" }) });
  override plugins = definePlugins([questlinePlugin(questline)]);

  end(): MatchReceipts {
    return this.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 1 }));
  }
}

class PickyRoom extends DuelRoom {
  override autoDispose = false;
  override async onJoin(client: Client, { banned }: { banned?: boolean }): Promise<void> {
    told["early"] = this.plugins.questline.report(client, "kill", { map: 1 }, { id: "in-onJoin" });
    await Promise.resolve();
    if (banned) throw new Error("a ban of the game's own");
  }
}

class SlowLeaveRoom extends DuelRoom {
  override onDrop(): void {}
  override async onLeave(client: Client): Promise<void> {
    await gate.promise;
    told["late"] = this.plugins.questline.report(client.sessionId, "kill", { map: 2 }, { id: "in-onLeave" });
    told["ended"] = this.end();
  }
  override onDispose(): void {
    told["disposed"] = true;
  }
}

class EndlessRoom extends DuelRoom {
  override async onDispose(): Promise<void> {
    told["ended"] = this.end();
    await gate.promise;
  }
}

class ThrowingDisposeRoom extends DuelRoom {
  override onDispose(): void {
    told["ended"] = this.end();
    throw new Error("a bug of the game");
  }
}

class BrokenCreateRoom extends DuelRoom {
  override onCreate({ broken }: { broken?: boolean }): void {
    if (broken) throw new Error("a bug of the game");
  }
  override onDispose(): void {
    told["disposed"] = true;
  }
}

class LobbyRoom extends QueueRoom {
  static override onAuth = DuelRoom.onAuth;
  override cycleTickInterval = 20;
}

const broken = new Error("a bug of Questline");
const throwing = (): never => {
  throw broken;
};
class CursedRoom extends Room {
  static override onAuth = DuelRoom.onAuth;
  override plugins = definePlugins([
    questlinePlugin({ ...questline, match: throwing, newMatchId: throwing }, { resolveUserId: throwing }),
  ]);
  override onJoin(client: Client): void {
    told["early"] = this.plugins.questline.report(client, "kill", { map: 1 }, { id: "k" });
  }
  override onLeave(): void {
    told["left"] = true;
  }
}

const shared = questlinePlugin(questline);
class SharingRoom extends Room {
  override plugins = definePlugins([shared]);
  override autoDispose = false;
}

beforeAll(async () => {
  server = await serve({
    duel: DuelRoom,
    picky: PickyRoom,
    slowLeave: SlowLeaveRoom,
    endless: EndlessRoom,
    throwingDispose: ThrowingDisposeRoom,
    brokenCreate: BrokenCreateRoom,
    cursed: CursedRoom,
    sharing: SharingRoom,
  });
  server.server.define("lobby", LobbyRoom, { matchRoomName: "duel", maxPlayers: 2 } as never);
});
beforeEach(() => {
  told = {};
  gate = Promise.withResolvers<void>();
  quiet = (["warn", "info", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
});
afterEach(async () => {
  gate.resolve();
  await server.cleanup();
  await questline.flush();
  emulator.faults.clear();
  for (const spy of quiet) spy.mockRestore();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

const played = (id: string): bigint => emulator.oracle.achievement(id, "WINS_100").added;
const kills = (id: string): string | null => emulator.world.progress(id, "EVERY_MAP").bits ?? null;
const soon = (look: () => void): Promise<void> => vi.waitFor(look, { interval: 5, timeout: 5_000 });

async function sit<R extends Room = DuelRoom>(name: string, options: object = {}) {
  const user = newUser(emulator);
  const sdk = await player(user.token).joinOrCreate(name, options);
  sdk.reconnection.enabled = false;
  const room = server.getRoomById<R>(sdk.roomId);
  await joined(room, sdk);
  return { user, sdk, room };
}

const settle = (receipts: unknown): Promise<unknown> =>
  Promise.all([...(receipts as MatchReceipts).values()].map(({ settled }) => settled));

test("a session id among the game's own auth data is not taken for the session's", async () => {
  const { sdk, room } = await sit("duel");
  expect(sdk.sessionId).not.toBe("forged");
  expect(Object.keys(room.clients.get(sdk.sessionId)?.auth as object)).toEqual(["id", "alias"]);
});

test("a join the room rejects midway: the player is not in the round, what was reported before counts", async () => {
  const ada = await sit<PickyRoom>("picky");
  const eve = newUser(emulator);
  await expect(player(eve.token).joinById(ada.room.roomId, { banned: true })).rejects.toThrow(
    "a ban of the game's own",
  );
  const receipts = ada.room.end();
  expect([...receipts.keys()]).toEqual([ada.user.id]);
  await settle(receipts);
  await questline.flush();
  expect([played(ada.user.id), played(eve.id), kills(eve.id)]).toEqual([1n, 0n, "0100000"]);
});

test("a slow onLeave after onDrop, which ends after the room is disposed: its reports and its match end count", async () => {
  const { user, sdk, room } = await sit("slowLeave");
  (room.clients.get(sdk.sessionId) as unknown as { ref: { terminate(): void } }).ref.terminate();
  await soon(() => expect(room.clients.length).toBe(0));
  await room.disconnect();
  await soon(() => expect(told["disposed"]).toBe(true));
  gate.resolve();
  await soon(() => expect(told["ended"]).toBeDefined());
  await settle(told["ended"]);
  await questline.flush();
  expect([played(user.id), kills(user.id)]).toEqual([1n, "0010000"]);
});

test("an onDispose that never ends: what it reports is delivered, and other rooms go on", async () => {
  const { user, sdk } = await sit("endless");
  await sdk.leave();
  await soon(() => expect(played(user.id)).toBe(1n));
  const other = await sit("duel");
  await settle(other.room.end());
  expect(played(other.user.id)).toBe(1n);
});

test("an onDispose that throws: what it reported counts", async () => {
  const { user, sdk } = await sit("throwingDispose");
  await sdk.leave();
  await soon(() => expect(played(user.id)).toBe(1n));
});

test("an onCreate that throws: the half-built room is disposed, and the next one works", async () => {
  const eve = newUser(emulator);
  await expect(player(eve.token).create("brokenCreate", { broken: true })).rejects.toThrow("a bug of the game");
  await soon(() => expect(told["disposed"]).toBe(true));
  const { user, room } = await sit("brokenCreate");
  await settle(room.end());
  expect(played(user.id)).toBe(1n);
});

test("a room disposed while its results are on their way: they arrive, and nobody is told twice", async () => {
  emulator.faults.add({ operation: "achievements.write", kind: "latency", ms: 150, when: "before", times: 2 });
  const { user, room } = await sit("duel");
  const receipts = room.end();
  await room.disconnect();
  await settle(receipts);
  expect(played(user.id)).toBe(1n);
});

test("players the server seats itself: verified by the word it gives for them, left out without", async () => {
  const room = await server.createRoom<DuelRoom>("duel");
  const [ada, eve, kai] = [newUser(emulator), newUser(emulator), newUser(emulator)];
  const listing = (await matchMaker.query({ roomId: room.roomId }))[0]!;
  const seats = await Promise.all([
    matchMaker.reserveSeatFor(listing, {}, await playerAuth(questline, { id: ada.id })),
    matchMaker.reserveSeatFor(listing, {}, { id: kai.id }),
    matchMaker.reserveSeatFor(listing, { metaToken: "a token nobody verified" }),
  ]);
  for (const seat of seats) {
    const sdk = await player(eve.token).consumeSeatReservation(seat as never);
    await joined(room, sdk);
  }
  expect([...room.end().keys()]).toEqual([ada.id]);
  expect(JSON.stringify(quiet[0]?.mock.calls)).toMatch(/leaves out connections that are not verified/);
});

test("a QueueRoom hands its players on: they stay verified, and their credentials stay behind", async () => {
  const users = [newUser(emulator), newUser(emulator)];
  const seats = users.map(async (user) => {
    const queue = await player().joinOrCreate("lobby", { rank: 1, metaToken: user.token });
    const seat = await new Promise((resolve) => {
      queue.onMessage("clients", () => {});
      queue.onMessage("seat", resolve);
    });
    queue.send("confirm");
    return player().consumeSeatReservation(seat as never);
  });
  const matched = await Promise.all(seats);
  const room = server.getRoomById<DuelRoom>(matched[0]!.roomId);
  for (const sdk of matched) await joined(room, sdk);
  expect([...room.end().keys()].sort()).toEqual(users.map(({ id }) => id).sort());
});

test("a Questline and a resolver that throw everywhere: hooks run, joins and leaves work, the receipt says why", async () => {
  const { sdk, room } = await sit<CursedRoom>("cursed");
  const receipt = told["early"] as { durable: Promise<unknown> };
  expect(await receipt.durable).toMatchObject({ status: "refused" });
  expect(room.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 1 })).size).toBe(0);
  await sdk.leave();
  await soon(() => expect(told["left"]).toBe(true));
});

test("one plugin given to two rooms: the second room is refused with the reason, the first goes on", async () => {
  const first = await server.createRoom<SharingRoom>("sharing");
  await expect(server.createRoom("sharing")).rejects.toThrow(/shared by two rooms/);
  expect(first.plugins.questline).toBe(shared);
});

test("a kick and a server that goes away are drops like any other: the player stays in the round", async () => {
  const ada = await sit("slowLeave");
  const eve = await sit("slowLeave");
  expect(ada.room).toBe(eve.room);
  gate.resolve();
  eve.room.clients.get(eve.sdk.sessionId)?.leave(CloseCode.WITH_ERROR);
  await soon(() => expect(told["ended"]).toBeDefined());
  expect([...(told["ended"] as MatchReceipts).keys()].sort()).toEqual([ada.user.id, eve.user.id].sort());
});

test("a platform that fails while a player answers with a token: no rejection escapes", async () => {
  const escaped = vi.fn<(reason: unknown) => void>();
  process.on("unhandledRejection", escaped);
  const { user, sdk } = await sit("duel");
  emulator.faults.add({ operation: "*", kind: "status", status: 500, times: "always" });
  sdk.send("questline:token", { token: emulator.world.mintUserToken("1", user.id) });
  await soon(() => expect(JSON.stringify(quiet[0]?.mock.calls)).toMatch(/could not be verified/));
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", escaped);
  expect(escaped).not.toHaveBeenCalled();
}, 30_000);
