import { JWT } from "@colyseus/auth/JWT";
import { definePlugins, Room, type AuthContext } from "colyseus";
import type { ColyseusTestServer } from "@colyseus/testing";
import type { Room as SdkRoom } from "@colyseus/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { attach, type Attached } from "../src/attach.ts";
import { mintJwt } from "../src/colyseus-jwt.ts";
import type { MatchReceipts } from "../src/ended-round.ts";
import { TOKEN } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, heard, joined, newUser, player, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;
let quiet: MockInstance[];

type Reports = Attached<typeof questline.events>;
const end = (reports: Reports): MatchReceipts =>
  reports.endMatch("matchEnded", ({ userId }) => ({ won: true, score: BigInt(userId.length), timeMs: 1 }));

class LobbyRoom extends Room {
  static override onAuth = questlineAuth(questline, { guests: true });
  override plugins = definePlugins([questlinePlugin(questline)]);
  override autoDispose = false;
  get reports(): Reports {
    return this.plugins.questline;
  }
}
class AttachedRoom extends Room {
  static override onAuth = questlineAuth(questline, { guests: true });
  override autoDispose = false;
  reports!: Reports;
  override onCreate(): void {
    this.reports = attach(this, questline);
  }
}
class StrictRoom extends LobbyRoom {
  override plugins = definePlugins([questlinePlugin(questline, { auth: "required" })]);
}
class AccountRoom extends Room {
  static override onAuth = questlineAuth(questline, {
    guests: true,
    then: async (_player, _options, { token = "" }: AuthContext) => (await JWT.verify(token)) as { id: string },
  });
  override plugins = definePlugins([questlinePlugin(questline)]);
  get reports(): Reports {
    return this.plugins.questline;
  }
}

let retries = 0;
const checked: unknown[] = [];
class CrowdedRoom extends LobbyRoom {
  static override onAuth = questlineAuth(questline, {
    guests: true,
    then: (known) => {
      retries++;
      checked.push(known);
      return true;
    },
  });
  // The first seats are taken meanwhile, so matchmaking starts over with the same options.
  override hasReachedMaxClients(): boolean {
    return retries < 3;
  }
}

beforeAll(async () => {
  JWT.settings.secret = "jwt-test-secret";
  server = await serve({
    lobby: LobbyRoom,
    attached: AttachedRoom,
    strict: StrictRoom,
    account: AccountRoom,
    crowded: CrowdedRoom,
  });
});
beforeEach(() => {
  quiet = (["warn", "info", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
  emulator.requests.clear();
});
afterEach(async () => {
  emulator.faults.clear();
  await server.cleanup();
  await questline.flush();
  for (const spy of quiet) spy.mockRestore();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

const roomOf = ({ roomId }: SdkRoom): Room & { reports: Reports } => server.getRoomById<LobbyRoom>(roomId);
const authOf = (sdk: SdkRoom): unknown => roomOf(sdk).clients.get(sdk.sessionId)?.auth;
const played = (id: string): bigint => emulator.oracle.achievement(id, "WINS_100").added;
const counts = (sdk: SdkRoom): unknown => roomOf(sdk).reports.toJSON().guestReports;

/** A connection that brings no proof, seated and acknowledged. */
async function visit(room: string, bearer?: string): Promise<SdkRoom> {
  const sdk = player();
  if (bearer !== undefined) sdk.auth.token = bearer;
  const visitor = await sdk.joinOrCreate(room, {});
  await joined(roomOf(visitor), visitor);
  return visitor;
}

test.each(["lobby", "attached"])("%s: a guest joins, plays, and claims what it did with a token", async (name) => {
  const ada = newUser(emulator);
  const sdk = await visit(name);
  const told = heard(sdk, TOKEN, "questline:unlocked", "questline:recorded");
  expect(authOf(sdk)).toEqual({ questline: { guest: true } });
  const { reports } = roomOf(sdk);
  const receipt = reports.report(sdk.sessionId, "kill", { map: 3 }, { id: "k-1" });
  expect(await receipt.durable).toMatchObject({ status: "refused", reason: expect.stringMatching(/guest.*kept/) });
  expect(end(reports).size).toBe(0);
  expect(counts(sdk)).toEqual({ kept: 2, claimed: 0, dropped: 0 });
  expect(emulator.requests.count({ operation: "achievements.write" })).toBe(0);

  sdk.send(TOKEN, { token: "FRL-nobody" });
  await vi.waitFor(() => expect(told).toEqual([{ type: TOKEN, payload: { reason: "refused" } }]), { interval: 5 });
  sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(() => expect(played(ada.id)).toBe(1n), { interval: 5, timeout: 5_000 });
  await questline.flush();
  expect(emulator.world.progress(ada.id, "EVERY_MAP").bits).toBe("0001000");
  expect(counts(sdk)).toEqual({ kept: 0, claimed: 2, dropped: 0 });
  expect(authOf(sdk)).toEqual({ id: ada.id, alias: ada.alias });
  expect([...end(reports).keys()]).toEqual([ada.id]);
});

test("a player with a proof is no guest in such a room", async () => {
  const ada = newUser(emulator);
  const sdk = await player(ada.token).joinOrCreate("lobby", {});
  expect(authOf(sdk)).toEqual({ id: ada.id, alias: ada.alias });
  const grace = newUser(emulator);
  const jwt = await mintJwt(questline.users, { id: grace.id }, 60);
  const withJwt = await visit("lobby", jwt);
  expect(authOf(withJwt)).toEqual({ id: grace.id });
});

test("wrong proofs are refused as ever", async () => {
  const ada = newUser(emulator);
  await expect(player("FRL-nobody").joinOrCreate("lobby")).rejects.toMatchObject({ code: 401 });
  await expect(player().joinOrCreate("lobby", { metaToken: "FRL-nobody" })).rejects.toMatchObject({ code: 401 });
  await expect(player().joinOrCreate("lobby", { metaUserId: ada.id, metaNonce: "no" })).rejects.toMatchObject({
    code: 401,
  });
  const options = { metaUserId: newUser(emulator).id };
  await expect(player(ada.token).joinOrCreate("lobby", options)).rejects.toMatchObject({ code: 403 });
  await expect(visit("lobby", await JWT.sign({ id: ada.id }, { expiresIn: -1 }))).rejects.toMatchObject({ code: 401 });
});

test("a platform that is down: 503, not a guest", async () => {
  emulator.faults.add({ operation: "*", kind: "status", status: 500, times: "always" });
  await expect(player(newUser(emulator).token).joinOrCreate("lobby")).rejects.toMatchObject({ code: 503 });
}, 30_000);

test("a guest who never proves anything costs nothing but the count", async () => {
  const sdk = await visit("lobby");
  const room = roomOf(sdk);
  end(room.reports);
  await sdk.leave();
  await vi.waitFor(() => expect(room.clients.length).toBe(0), { interval: 5 });
  expect(room.reports.toJSON()).toMatchObject({ players: 0, guestReports: { kept: 0, claimed: 0, dropped: 1 } });
  expect(emulator.requests.count({ operation: "achievements.write" })).toBe(0);
});

test("a guest whose proof is on its way when it leaves gets what it did", async () => {
  const ada = newUser(emulator);
  const sdk = await visit("lobby");
  const room = roomOf(sdk);
  end(room.reports);
  emulator.faults.add({ operation: "users.me", kind: "latency", ms: 200 });
  sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(() => expect(emulator.requests.count({ operation: "users.me" })).toBe(1), { interval: 5 });
  await sdk.leave();
  await vi.waitFor(() => expect(room.clients.length).toBe(0), { interval: 5 });
  await vi.waitFor(() => expect(played(ada.id)).toBe(1n), { interval: 5, timeout: 5_000 });
  expect(room.reports.toJSON()).toMatchObject({ guestReports: { kept: 0, claimed: 1, dropped: 0 } });
});

test("a guest whose wrong proof is on its way when it leaves is dropped then", async () => {
  const sdk = await visit("lobby");
  const room = roomOf(sdk);
  end(room.reports);
  emulator.faults.add({ operation: "users.me", kind: "latency", ms: 200 });
  sdk.send(TOKEN, { token: "FRL-late" });
  await vi.waitFor(() => expect(emulator.requests.count({ operation: "users.me" })).toBe(1), { interval: 5 });
  await sdk.leave();
  const dropped = { kept: 0, claimed: 0, dropped: 1 };
  await vi.waitFor(() => expect(room.reports.toJSON()).toMatchObject({ guestReports: dropped }), { interval: 5 });
});

test("a guest's seat that is taken meanwhile is asked for again, and is still a guest's", async () => {
  retries = 0;
  const sdk = await visit("crowded");
  expect(retries).toBe(3);
  expect(checked).toEqual([undefined, undefined, undefined]);
  expect(authOf(sdk)).toEqual({ questline: { guest: true } });
});

test("a login of the game's own: `then` reads it, its id is never Meta's, and it stays when the guest proves itself", async () => {
  const ada = newUser(emulator);
  const sdk = await visit("account", await JWT.sign({ id: newUser(emulator).id }));
  expect(authOf(sdk)).toMatchObject({ id: expect.any(String), questline: { guest: true } });
  const { reports } = roomOf(sdk);
  expect(end(reports).size).toBe(0);
  sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(() => expect([...end(reports).keys()]).toEqual([ada.id]), { interval: 5 });
  expect(authOf(sdk)).toMatchObject({ questline: { id: ada.id } });
});

test("a plugin that requires players keeps guests out, whatever the static hook says", async () => {
  await expect(player().joinOrCreate("strict", {})).rejects.toMatchObject({ code: 401 });
  const ada = newUser(emulator);
  expect(authOf(await player(ada.token).joinOrCreate("strict", {}))).toMatchObject({ id: ada.id });
});
