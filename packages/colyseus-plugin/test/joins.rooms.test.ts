import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePlugins, Room, type AuthContext } from "@colyseus/core";
import type { ColyseusTestServer } from "@colyseus/testing";
import { sqliteStore } from "@questline/core";
import { defaultSeed } from "@questline/emulator";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import type { Player } from "../src/player.ts";
import { createEmulator, duelQuestline, host, newUser, player, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator({
  seed: {
    apps: [...(defaultSeed.apps ?? []), { id: "2", secret: "other-secret" }],
    users: [{ alias: "eve", tokens: { "2": ["FRL-eve-of-app-2"] } }],
  },
});
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;
let warned: MockInstance;
const seenOptions: unknown[] = [];

class DuelRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
  override onCreate(options: unknown): void {
    seenOptions.push(options);
  }
  override onJoin(_client: unknown, options: unknown): void {
    seenOptions.push(options);
  }
}

let retries = 0;
class CrowdedRoom extends DuelRoom {
  static override onAuth = (token: string, options: unknown, context: AuthContext): Promise<Player | false> => {
    retries++;
    return DuelRoom.onAuth(token, options, context);
  };
  // The first seats are taken meanwhile, so matchmaking starts over with the same options.
  override hasReachedMaxClients(): boolean {
    return retries < 3;
  }
}

// Its directory does not exist.
const folder = mkdtempSync(join(tmpdir(), "questline-joins-"));
writeFileSync(join(folder, "notes.txt"), "This has never been a database.");
const unusable = duelQuestline(emulator.url, sqliteStore(join(folder, "notes.txt")));
class UnusableRoom extends Room {
  static override onAuth = questlineAuth(unusable);
  override plugins = definePlugins([questlinePlugin(unusable)]);
}

beforeAll(async () => {
  server = await serve({ duel: DuelRoom, crowded: CrowdedRoom, unusable: UnusableRoom });
});
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  seenOptions.length = 0;
  emulator.requests.clear();
});
afterEach(async () => {
  await server.cleanup();
  emulator.faults.clear();
  warned.mockRestore();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await unusable.close().catch(() => {});
  rmSync(folder, { recursive: true });
  await emulator.close();
});

const authOf = (roomId: string, sessionId: string): unknown => server.getRoomById(roomId).clients.get(sessionId)?.auth;

test.each(["token", "nonce"])(
  "a store that cannot be opened costs results, not players: a %s lets them in",
  async (proof) => {
    const ada = newUser(emulator);
    const nonce = { metaUserId: ada.id, metaNonce: emulator.world.mintNonce("1", ada.id) };
    const sdk = await player(proof === "token" ? ada.token : undefined).joinOrCreate(
      "unusable",
      proof === "token" ? {} : nonce,
    );
    const room = server.getRoomById<UnusableRoom>(sdk.roomId);
    const { durable } = room.plugins.questline.report(sdk.sessionId, "kill", { map: 1 }, { id: "k-1" });
    expect(await durable).toMatchObject({ status: "refused", reason: expect.stringMatching(/not a database/) });
  },
);

test("a header token lets the player in; auth holds the player and nothing secret", async () => {
  const ada = newUser(emulator);
  const room = await player(ada.token).joinOrCreate("duel", { mode: "ffa" });
  expect(authOf(room.roomId, room.sessionId)).toEqual({ id: ada.id, alias: ada.alias });
  expect(JSON.stringify(seenOptions)).not.toContain(ada.token);
});

test("a token in the join options lets the player in, and reaches neither the room nor its seat", async () => {
  const ada = newUser(emulator);
  const room = await player().joinOrCreate("duel", { mode: "ffa", metaToken: ada.token });
  expect(authOf(room.roomId, room.sessionId)).toMatchObject({ id: ada.id });
  expect(seenOptions).toEqual([{ mode: "ffa" }, { mode: "ffa" }]);
});

test("user id and nonce let the player in, once", async () => {
  const ada = newUser(emulator);
  const options = { metaUserId: ada.id, metaNonce: emulator.world.mintNonce("1", ada.id) };
  const room = await player().joinOrCreate("duel", { ...options });
  expect(authOf(room.roomId, room.sessionId)).toMatchObject({ id: ada.id });
  await expect(player().joinOrCreate("duel", { ...options })).rejects.toMatchObject({ code: 401 });
  expect(emulator.oracle.nonce(options.metaNonce)).toEqual({ validations: 1, accepted: 1 });
});

test("a seat that is taken meanwhile does not spend the nonce twice", async () => {
  retries = 0;
  const ada = newUser(emulator);
  const metaNonce = emulator.world.mintNonce("1", ada.id);
  const room = await player().joinOrCreate("crowded", { metaUserId: ada.id, metaNonce });
  expect(retries).toBe(3);
  expect(authOf(room.roomId, room.sessionId)).toMatchObject({ id: ada.id });
  expect(emulator.oracle.nonce(metaNonce)).toEqual({ validations: 1, accepted: 1 });
});

test("without a credential: 401, and the client reads what to send", async () => {
  const refused = player().joinOrCreate("duel", {});
  await expect(refused).rejects.toMatchObject({ code: 401, message: expect.stringMatching(/x-meta-token/) });
  expect(emulator.requests.count()).toBe(0);
});

test.each([
  ["an unknown token", "FRL-nobody"],
  ["a huge token", "x".repeat(3_000)],
])("%s: 401", async (_, token) => {
  await expect(player(token).joinOrCreate("duel")).rejects.toMatchObject({ code: 401 });
});

test("a token with a control character in the options: 401, and nothing is asked", async () => {
  await expect(player().joinOrCreate("duel", { metaToken: "a\u0000b" })).rejects.toMatchObject({ code: 401 });
  expect(emulator.requests.count()).toBe(0);
});

test("a token of another app: 403", async () => {
  await expect(player("FRL-eve-of-app-2").joinOrCreate("duel")).rejects.toMatchObject({ code: 403 });
  // The second answer comes from memory and must say the same.
  await expect(player("FRL-eve-of-app-2").joinOrCreate("duel")).rejects.toMatchObject({ code: 403 });
});

test("a token of another user than claimed: 403", async () => {
  const [ada, grace] = [newUser(emulator), newUser(emulator)];
  const options = { metaUserId: grace.id };
  await expect(player(ada.token).joinOrCreate("duel", options)).rejects.toMatchObject({ code: 403 });
});

test("a platform that is down: 503, and the same token is good later", async () => {
  const ada = newUser(emulator);
  emulator.faults.add({ operation: "*", kind: "status", status: 500, times: "always" });
  await expect(player(ada.token).joinOrCreate("duel")).rejects.toMatchObject({ code: 503 });
  emulator.faults.clear();
  const room = await player(ada.token).joinOrCreate("duel");
  expect(authOf(room.roomId, room.sessionId)).toMatchObject({ id: ada.id });
}, 30_000);

test("a nonce whose answer is lost: 503, asks for a new one, and is never sent again", async () => {
  const ada = newUser(emulator);
  const metaNonce = emulator.world.mintNonce("1", ada.id);
  emulator.faults.add({ operation: "users.validateNonce", kind: "resetAfter" });
  const refused = player().joinOrCreate("duel", { metaUserId: ada.id, metaNonce });
  await expect(refused).rejects.toMatchObject({ code: 503, message: expect.stringMatching(/new nonce/) });
  expect(emulator.oracle.nonce(metaNonce).validations).toBe(1);
});

test.each([
  ["text", '"metaToken"'],
  ["a number", "7"],
  ["a list", '["metaToken"]'],
  ["null", "null"],
])("join options that are %s: a clear 401, and the server lives on", async (_, body) => {
  const answer = await fetch(`http://${host}/matchmake/joinOrCreate/duel`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({ status: 401, code: 401 });
});
