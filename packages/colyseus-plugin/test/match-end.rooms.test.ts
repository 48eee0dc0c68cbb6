import { CloseCode, definePlugins, Room, type Client } from "colyseus";
import type { Room as SdkRoom } from "@colyseus/sdk";
import type { ColyseusTestServer } from "@colyseus/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import type { MatchReceipts } from "../src/ended-round.ts";
import { RECORDED, TOKEN, UNLOCKED } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import {
  createEmulator,
  duelQuestline,
  heard,
  joined,
  newUser,
  player,
  serve,
  type Emulator,
  type TestUser,
} from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;
let quiet: MockInstance[];

class DuelRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
  override autoDispose = false;

  end(winner: string): MatchReceipts {
    return this.plugins.questline.endMatch("matchEnded", ({ userId }) => ({
      won: userId === winner,
      score: 9_007_199_254_740_993n,
      timeMs: 81_250,
    }));
  }
}

class HoldingRoom extends DuelRoom {
  override onDrop(client: Client): void {
    void Promise.resolve(this.allowReconnection(client, 20)).catch(() => {});
  }
}

class OldStyleRoom extends DuelRoom {
  override async onLeave(client: Client, code?: number): Promise<void> {
    if (code === CloseCode.CONSENTED) return;
    await this.allowReconnection(client, 20);
  }
}

beforeAll(async () => {
  server = await serve({ duel: DuelRoom, holding: HoldingRoom, oldStyle: OldStyleRoom });
});
beforeEach(() => {
  quiet = (["warn", "info"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
});
afterEach(async () => {
  await server.cleanup();
  await questline.flush();
  for (const spy of quiet) spy.mockRestore();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

interface Seated {
  readonly user: TestUser;
  readonly sdk: SdkRoom;
  readonly room: DuelRoom;
}

async function sit(name: string, user: TestUser, options: object = {}): Promise<Seated> {
  const sdk = await player("metaNonce" in options ? undefined : user.token).joinOrCreate(name, options);
  const room = server.getRoomById<DuelRoom>(sdk.roomId);
  await joined(room, sdk);
  return { user, sdk, room };
}

const delivered = (user: TestUser): unknown => ({
  won: emulator.world.progress(user.id, "FIRST_WIN").unlocked,
  played: emulator.world.progress(user.id, "WINS_100").count,
  score: emulator.world.entry("HIGH_SCORE", user.id)?.score,
});

test("a match ends: Meta holds everyone's results, and each player hears their own", async () => {
  const ada = await sit("duel", newUser(emulator));
  const grace = await sit("duel", newUser(emulator));
  expect(ada.room).toBe(grace.room);
  const adaHeard = heard(ada.sdk, UNLOCKED, RECORDED);
  const graceHeard = heard(grace.sdk, UNLOCKED, RECORDED);

  ada.room.plugins.questline.report(ada.sdk.sessionId, "kill", { map: 3 }, { id: "k-1" });
  const receipts = ada.room.end(ada.user.id);
  expect([...receipts.keys()].sort()).toEqual([ada.user.id, grace.user.id].sort());
  for (const receipt of receipts.values()) {
    expect(await receipt.durable).toEqual({ status: "accepted" });
    expect((await receipt.settled).every(({ status }) => status === "delivered")).toBe(true);
  }
  await questline.flush();

  expect(delivered(ada.user)).toEqual({ won: true, played: 1n, score: 9_007_199_254_740_993n });
  expect(delivered(grace.user)).toEqual({ won: false, played: 1n, score: 9_007_199_254_740_993n });
  expect(emulator.world.progress(ada.user.id, "EVERY_MAP").bits).toBe("0001000");

  await vi.waitFor(() => expect([adaHeard.length, graceHeard.length]).toEqual([3, 2]), { interval: 5 });
  expect(adaHeard).toContainEqual({
    type: UNLOCKED,
    payload: { id: expect.any(String), achievement: "FIRST_WIN", at: expect.any(Number) },
  });
  const score = {
    type: RECORDED,
    payload: expect.objectContaining({ leaderboard: "HIGH_SCORE", score: "9007199254740993" }),
  };
  expect(graceHeard).toContainEqual(score);
  expect(graceHeard).toContainEqual({
    type: RECORDED,
    payload: expect.objectContaining({ leaderboard: "BEST_TIME", score: "81250" }),
  });
});

test("a player whose headset came off mid-match still gets the results", async () => {
  const ada = await sit("duel", newUser(emulator));
  const grace = await sit("duel", newUser(emulator));
  ada.sdk.reconnection.enabled = false;
  ada.room.clients.get(ada.sdk.sessionId)?.ref.emit("close", 1006);
  await vi.waitFor(() => expect(ada.room.clients.length).toBe(1), { interval: 5 });
  for (const { settled } of grace.room.end(ada.user.id).values()) await settled;
  expect(delivered(ada.user)).toMatchObject({ won: true, played: 1n });
});

test("the same end reported by a doubled caller counts once; the next round counts again", async () => {
  const ada = await sit("duel", newUser(emulator));
  const first = ada.room.end(ada.user.id);
  expect(ada.room.end(ada.user.id)).toBe(first);
  for (const { settled } of first.values()) await settled;
  for (const { settled } of ada.room.end(ada.user.id).values()) await settled;
  expect(emulator.oracle.achievement(ada.user.id, "WINS_100").added).toBe(2n);
});

test.each(["holding", "oldStyle"])("a %s room: what a dropped player missed arrives on coming back", async (name) => {
  const ada = await sit(name, newUser(emulator));
  const sent = heard(ada.sdk, UNLOCKED, RECORDED);
  Object.assign(ada.sdk.reconnection, { minUptime: 0, minDelay: 400, maxDelay: 400, delay: 400 });
  (ada.room.clients.get(ada.sdk.sessionId) as unknown as { ref: { terminate(): void } }).ref.terminate();
  await vi.waitFor(() => expect(ada.room.clients.length).toBe(0), { interval: 5 });

  const receipts = ada.room.end(ada.user.id);
  for (const { settled } of receipts.values()) await settled;
  expect(sent).toEqual([]);

  await vi.waitFor(() => expect(sent).toHaveLength(3), { interval: 5, timeout: 5_000 });
  expect(sent.map(({ type }) => type).sort()).toEqual([RECORDED, RECORDED, UNLOCKED]);
  expect(ada.room.clients.length).toBe(1);
  expect(ada.room.plugins.questline.toJSON().players).toBe(1);
});

test("a player who joined with a nonce is asked for a token where one is needed, and the score goes on", async () => {
  const user = newUser(emulator);
  const ada = await sit("duel", user, { metaUserId: user.id, metaNonce: emulator.world.mintNonce("1", user.id) });
  const asked = heard(ada.sdk, TOKEN);
  const receipts = ada.room.end(user.id);
  await vi.waitFor(() => expect(asked).toEqual([{ type: TOKEN, payload: { reason: "missing" } }]), { interval: 5 });
  expect(emulator.world.entry("BEST_TIME", user.id)).toBeUndefined();

  ada.sdk.send(TOKEN, { token: user.token });
  for (const { settled } of receipts.values()) await settled;
  expect(emulator.world.entry("BEST_TIME", user.id)?.score).toBe(81_250n);
});

test("a token that expired mid-match is asked for anew, and only the same player's is taken", async () => {
  const ada = await sit("duel", newUser(emulator));
  const grace = newUser(emulator);
  const asked = heard(ada.sdk, TOKEN);
  emulator.world.expireToken(ada.user.token);
  const receipts = ada.room.end(ada.user.id);
  await vi.waitFor(() => expect(asked).toHaveLength(1), { interval: 5 });
  expect(asked).toEqual([{ type: TOKEN, payload: { reason: "refused" } }]);

  ada.sdk.send(TOKEN, { token: grace.token });
  await vi.waitFor(() => expect(asked).toHaveLength(2), { interval: 5 });
  expect(emulator.world.entry("BEST_TIME", ada.user.id)).toBeUndefined();

  ada.sdk.send(TOKEN, { token: emulator.world.mintUserToken("1", ada.user.id) });
  for (const { settled } of receipts.values()) await settled;
  expect(emulator.world.entry("BEST_TIME", ada.user.id)?.score).toBe(81_250n);
  expect(emulator.world.entry("BEST_TIME", grace.id)).toBeUndefined();
});

test.each([
  ["nothing", undefined],
  ["text", "token"],
  ["a number for a token", { token: 7 }],
  ["an empty token", { token: "" }],
])("%s in place of a token: asked again, and the connection stays", async (_, answer) => {
  const ada = await sit("duel", newUser(emulator));
  const asked = heard(ada.sdk, TOKEN);
  ada.sdk.send(TOKEN, answer);
  await vi.waitFor(() => expect(asked).toEqual([{ type: TOKEN, payload: { reason: "refused" } }]), { interval: 5 });
  expect(ada.room.clients.length).toBe(1);
});

test("no token shows in the room, its seats, the plugin or a log line", async () => {
  const ada = await sit("holding", newUser(emulator), { metaToken: "ignored, the header wins" });
  const fresh = emulator.world.mintUserToken("1", ada.user.id);
  ada.sdk.send(TOKEN, { token: fresh });
  for (const { settled } of ada.room.end(ada.user.id).values()) await settled;
  const shown = JSON.stringify([
    ada.room.plugins,
    ada.room.clients.map(({ auth, userData }) => ({ auth, userData })),
    Object.values((ada.room as unknown as { _reservedSeats: object })._reservedSeats),
    quiet.flatMap(({ mock }) => mock.calls),
  ]);
  for (const secret of [ada.user.token, fresh, "ignored, the header wins"]) expect(shown).not.toContain(secret);
});
