import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePlugins, Room, type Client } from "@colyseus/core";
import type { Room as SdkRoom } from "@colyseus/sdk";
import type { ColyseusTestServer } from "@colyseus/testing";
import { sqliteStore } from "@questline/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ACK, DELAYED, PROGRESS, PULL, RECORDED, TOKEN, UNLOCKED } from "../src/messages.ts";
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
  type DuelQuestline,
  type Emulator,
} from "./rooms-scene.ts";

let emulator: Emulator;
let folder: string;
let questline: DuelQuestline;
let server: ColyseusTestServer;

beforeEach(async () => {
  emulator = await createEmulator();
  folder = await mkdtemp(join(tmpdir(), "questline-notices-"));
  vi.spyOn(console, "warn").mockImplementation(() => {});
  await start();
});
afterEach(async () => {
  await stop();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
});

/** A server whose results outlive it. */
async function start(): Promise<void> {
  questline = duelQuestline(emulator.url, sqliteStore(join(folder, "outbox.sqlite")));
  const of = questline;
  class DuelRoom extends Room {
    static override onAuth = questlineAuth(of);
    override plugins = definePlugins([questlinePlugin(of, { progress: true, ranks: true })]);
    override onDrop(client: Client): void {
      void Promise.resolve(this.allowReconnection(client, 60)).catch(() => {});
    }
    end(): void {
      this.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 70n, timeMs: 9 }));
    }
  }
  server = await serve({ duel: DuelRoom });
}

async function stop(): Promise<void> {
  await server.shutdown();
  await questline.close({ timeoutMs: 1_000 });
}

const types = [UNLOCKED, PROGRESS, RECORDED, DELAYED, TOKEN] as const;
const roomOf = (connected: SdkRoom): Room & { end(): void } =>
  server.getRoomById(connected.roomId) as unknown as Room & { end(): void };

test("a match end brings an unlock, progress and scores with ranks", async () => {
  const rival = emulator.world.createUser({ alias: "rival" });
  emulator.world.setScore("HIGH_SCORE", rival.id, 100n);
  const connected = await player(newUser(emulator).token).joinOrCreate("duel");
  const messages = heard(connected, ...types);
  await joined(roomOf(connected), connected);
  roomOf(connected).end();
  await vi.waitFor(() => expect(messages).toHaveLength(4), { timeout: 10_000 });
  expect(messages).toEqual(
    expect.arrayContaining([
      { type: UNLOCKED, payload: { id: "FIRST_WIN:0", achievement: "FIRST_WIN", at: expect.any(Number) } },
      { type: PROGRESS, payload: { id: expect.any(String), achievement: "WINS_100", count: "1", target: "100" } },
      {
        type: RECORDED,
        payload: { id: expect.any(String), leaderboard: "HIGH_SCORE", score: "70", improved: true, rank: 2 },
      },
      {
        type: RECORDED,
        payload: { id: expect.any(String), leaderboard: "BEST_TIME", score: "9", improved: true, rank: 1 },
      },
    ]),
  );
});

test("an unlock comes again after a drop, a new join and a restart of the server, until it is acknowledged", async () => {
  const { token, id } = newUser(emulator);
  const unlocks = (messages: readonly { type: string; payload: unknown }[]): unknown[] =>
    messages.filter(({ type }) => type === UNLOCKED).map(({ payload }) => payload);
  const connected = await player(token).joinOrCreate("duel");
  connected.reconnection.minUptime = 0;
  const first = heard(connected, ...types);
  await joined(roomOf(connected), connected);
  roomOf(connected).end();
  await vi.waitFor(() => expect(unlocks(first)).toHaveLength(1), { timeout: 10_000 });
  const [unlock] = unlocks(first);

  const back = new Promise<void>((resolve) => connected.onReconnect(() => resolve()));
  const connection = roomOf(connected).clients.get(connected.sessionId)!;
  (connection.ref as unknown as { terminate(): void }).terminate();
  await back;
  await vi.waitFor(() => expect(unlocks(first)).toEqual([unlock, unlock]), { timeout: 10_000 });
  connected.reconnection.enabled = false;

  await stop();
  await start();
  const again = await player(token).joinOrCreate("duel");
  const second = heard(again, ...types);
  await vi.waitFor(() => expect(unlocks(second)).toEqual([unlock]), { timeout: 10_000 });

  again.send(PULL);
  await vi.waitFor(() => expect(second.map(({ type }) => type)).toContain(DELAYED));
  expect(unlocks(second)).toEqual([unlock, unlock]);
  expect(second.at(-1)).toEqual({ type: DELAYED, payload: { waiting: [] } });

  again.send(ACK, { ids: ["FIRST_WIN:0"] });
  await vi.waitFor(async () => expect(await questline.announcements(id)).toEqual([]));
  const last = await player(token).joinOrCreate("duel");
  const third = heard(last, ...types);
  last.send(PULL);
  await vi.waitFor(() => expect(third.map(({ type }) => type)).toEqual([DELAYED]));
});

test("a pull says what waits and why", async () => {
  const { id } = newUser(emulator);
  const nonce = emulator.world.mintNonce("1", id);
  const connected = await player().joinOrCreate("duel", { metaUserId: id, metaNonce: nonce });
  const messages = heard(connected, ...types);
  await joined(roomOf(connected), connected);
  roomOf(connected).end();
  await vi.waitFor(() => expect(messages.map(({ type }) => type)).toEqual(expect.arrayContaining([TOKEN, RECORDED])), {
    timeout: 10_000,
  });
  await vi.waitFor(async () => {
    const lanes = await questline.inspect({ user: id });
    expect(lanes.filter(({ state }) => state !== "idle").map(({ state }) => state)).toEqual(["parked"]);
  });
  connected.send(PULL);
  await vi.waitFor(() =>
    expect(messages.at(-1)).toEqual({ type: DELAYED, payload: { reason: "token", waiting: ["BEST_TIME"] } }),
  );
});
