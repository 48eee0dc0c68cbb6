import { JWT } from "@colyseus/auth/JWT";
import { createRouter, definePlugins, defineRoom, matchMaker, Room } from "colyseus";
import { boot, type ColyseusTestServer } from "@colyseus/testing";
import type { ConfigOptions } from "@colyseus/tools";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import type { MatchReceipts } from "../src/ended-round.ts";
import { MOST_CLAIMS } from "../src/guests.ts";
import { TOKEN, UNLOCKED } from "../src/messages.ts";
import type { QuestlinePluginOptions } from "../src/plugin-options.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlineEndpoints } from "../src/questline-endpoints.ts";
import { playerAuth } from "../src/player-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, heard, joined, newUser, type Emulator } from "./rooms-scene.ts";
import { freePort } from "../../../test/free-port.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
const port = await freePort();
let server: ColyseusTestServer;
let quiet: MockInstance[];
const seenOptions: unknown[] = [];

class OpenRoom extends Room {
  static options: Pick<QuestlinePluginOptions, "auth"> = {};
  override plugins = definePlugins([questlinePlugin(questline, (this.constructor as typeof OpenRoom).options)]);
  override autoDispose = false;
  override onJoin(_client: unknown, options: unknown): void {
    seenOptions.push(options);
  }
  end(): MatchReceipts {
    return this.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 1 }));
  }
}
class RequiredRoom extends OpenRoom {
  static override options = { auth: "required" } as const;
}
class GuestRoom extends OpenRoom {
  static override options = { auth: "guests" } as const;
}
class AccountRoom extends GuestRoom {
  override onAuth(_client: unknown, { level }: { level: number }): object | false {
    return level > 0 && { id: "db-1", level };
  }
}
class LaxRoom extends RequiredRoom {
  static override onAuth = async (): Promise<object> => ({ level: 3 });
}
class AsyncResolverRoom extends RequiredRoom {
  override plugins = definePlugins([
    questlinePlugin(questline, {
      auth: "required",
      resolveUserId: (async () => Promise.reject(new Error("a database of the game"))) as never,
    }),
  ]);
}
class StaticRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
}

beforeAll(async () => {
  JWT.settings.secret = "jwt-test-secret";
  const config: Parameters<typeof boot<any>>[0] = {
    rooms: {
      required: defineRoom(RequiredRoom),
      guests: defineRoom(GuestRoom),
      account: defineRoom(AccountRoom),
      lax: defineRoom(LaxRoom),
      asyncResolver: defineRoom(AsyncResolverRoom),
      static: defineRoom(StaticRoom),
    },
    routes: createRouter({ ...questlineEndpoints(questline) }),
  } as ConfigOptions;
  server = await boot(config, port);
});
beforeEach(() => {
  quiet = (["warn", "info", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
  seenOptions.length = 0;
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

const sdkWith = (bearer?: string): SdkClient => {
  const sdk = new SdkClient(`ws://127.0.0.1:${port}`);
  if (bearer !== undefined) sdk.auth.token = bearer;
  return sdk;
};
const roomOf = <R extends Room = OpenRoom>({ roomId }: SdkRoom): R => server.getRoomById<R>(roomId);
const authOf = (sdk: SdkRoom): unknown => roomOf(sdk).clients.get(sdk.sessionId)?.auth;
const played = (id: string): bigint => emulator.oracle.achievement(id, "WINS_100").added;
const settle = (receipts: MatchReceipts): Promise<unknown> =>
  Promise.all([...receipts.values()].map(({ settled }) => settled));

async function exchange(body: object): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/questline/token`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  return ((await answer.json()) as { token: string }).token;
}

test.each(["required", "guests"])(
  "a %s room without a static hook verifies by the join options, and scrubs them",
  async (name) => {
    const ada = newUser(emulator);
    const sdk = await sdkWith().joinOrCreate(name, { mode: "ffa", metaToken: ada.token });
    expect(authOf(sdk)).toEqual({ id: ada.id, alias: ada.alias });
    expect(seenOptions).toEqual([{ mode: "ffa" }]);
    await settle(roomOf(sdk).end());
    expect(played(ada.id)).toBe(1n);
  },
);

test.each(["required", "guests", "static"])(
  "a Colyseus token from the exchange endpoint lets the player into a %s room; Meta is asked once",
  async (name) => {
    const ada = newUser(emulator);
    const jwt = await exchange({ metaUserId: ada.id, metaNonce: emulator.world.mintNonce("1", ada.id) });
    emulator.requests.clear();
    const sdk = await sdkWith(jwt).joinOrCreate(name);
    expect(authOf(sdk)).toMatchObject({ id: ada.id });
    for (const operation of ["users.me", "users.validateNonce"] as const)
      expect(emulator.requests.count({ operation })).toBe(0);
    const receipts = roomOf<GuestRoom>(sdk).plugins.questline.endMatch("matchEnded", () => ({
      won: true,
      score: 1n,
      timeMs: 1,
    }));
    expect([...receipts.keys()]).toEqual([ada.id]);
  },
);

test.each(["required", "guests"])("%s: a native client's header is read, and a wrong one refused", async (name) => {
  const user = newUser(emulator);
  const withHeader = (token: string): SdkClient =>
    new SdkClient(`ws://127.0.0.1:${port}`, { headers: { "x-meta-token": token } });
  const sdk = await withHeader(user.token).joinOrCreate(name);
  const room = server.getRoomById<OpenRoom>(sdk.roomId);
  await joined(room, sdk);
  expect(room.clients.get(sdk.sessionId)?.auth).toEqual({ id: user.id, alias: user.alias });
  for (const wrong of ["OC|1|not-a-token", ""])
    await expect(withHeader(wrong).joinById(sdk.roomId)).rejects.toMatchObject({ code: 401 });
});

test("required: nobody else gets in", async () => {
  await expect(sdkWith().joinOrCreate("required", {})).rejects.toMatchObject({ code: 401 });
  await expect(sdkWith().joinOrCreate("required", { metaToken: "FRL-nobody" })).rejects.toMatchObject({ code: 401 });
  const ours = await JWT.sign({ id: 7, role: "admin" });
  await expect(sdkWith(ours).joinOrCreate("required", {})).rejects.toMatchObject({ code: 401 });
});

test("required: a login of the game's own whose account id looks like a Meta id is nobody at Meta", async () => {
  const ours = await JWT.sign({ id: "7", role: "admin" });
  await expect(sdkWith(ours).joinOrCreate("required", {})).rejects.toMatchObject({ code: 401 });
});

test("required: a resolveUserId that is asynchronous lets nobody in, and its rejection goes nowhere", async () => {
  const escaped = vi.fn<(reason: unknown) => void>();
  process.on("unhandledRejection", escaped);
  await expect(sdkWith().joinOrCreate("asyncResolver", {})).rejects.toMatchObject({ code: 401 });
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", escaped);
  expect(escaped).not.toHaveBeenCalled();
  const told = quiet[0]?.mock.calls.filter(([message]) => /resolveUserId must return/.test(String(message)));
  expect(told).toEqual([[expect.stringMatching(/not a promise/), { room: "AsyncResolverRoom" }]]);
});

test("required: a static hook of the game's own, which keeps Colyseus from asking the plugin, opens no back door", async () => {
  await expect(sdkWith().joinOrCreate("lax", {})).rejects.toMatchObject({ code: 401 });
  const told = quiet[0]?.mock.calls.filter(([message]) => /never verifies anybody/.test(String(message)));
  expect(told).toEqual([[expect.any(String), { room: "LaxRoom" }]]);
});

test("a player who is known already is not asked about, but the credential is scrubbed", async () => {
  const room = await server.createRoom<RequiredRoom>("required");
  const [listing] = await matchMaker.query({ roomId: room.roomId });
  const auth = await playerAuth(questline, { id: "7" });
  const seat = await matchMaker.reserveSeatFor(listing!, { metaToken: "FRL-unasked", mode: "ffa" }, auth);
  emulator.requests.clear();
  const sdk = await sdkWith().consumeSeatReservation(seat as never);
  expect(authOf(sdk)).toEqual({ id: "7" });
  expect(seenOptions).toEqual([{ mode: "ffa" }]);
  expect(emulator.requests.count({ operation: "users.me" })).toBe(0);
});

test("the game's own onAuth keeps its word and its account, with the player in it", async () => {
  const ada = newUser(emulator);
  const sdk = await sdkWith().joinOrCreate("account", { level: 3, metaToken: ada.token });
  expect(authOf(sdk)).toEqual({ id: "db-1", level: 3, questline: { id: ada.id, alias: ada.alias } });
  await expect(sdkWith().joinOrCreate("account", { level: 0, metaToken: ada.token })).rejects.toThrow("onAuth failed");
});

test("a guest with an account of the game's own is not taken for the Meta user of the same id", async () => {
  const sdk = await sdkWith().joinOrCreate("account", { level: 3 });
  expect(authOf(sdk)).toEqual({ id: "db-1", level: 3, questline: { guest: true } });
  expect(roomOf(sdk).end().size).toBe(0);
});

test("a guest plays; reports are kept out and counted, and count once the guest sends a token", async () => {
  const ada = newUser(emulator);
  const sdk = await sdkWith().joinOrCreate("guests", {});
  const told = heard(sdk, UNLOCKED, TOKEN, "questline:recorded");
  const room = roomOf(sdk);
  await joined(room, sdk);
  const receipt = room.plugins.questline.report(sdk.sessionId, "kill", { map: 3 }, { id: "k-1" });
  expect(await receipt.durable).toMatchObject({ status: "refused", reason: expect.stringMatching(/guest.*kept/) });
  expect(room.end().size).toBe(0);
  expect(room.plugins.questline.toJSON()).toMatchObject({ guestReports: { kept: 2, claimed: 0, dropped: 0 } });
  expect(emulator.requests.count({ operation: "achievements.write", userId: ada.id })).toBe(0);

  sdk.send(TOKEN, { token: "FRL-nobody" });
  await vi.waitFor(() => expect(told).toEqual([{ type: TOKEN, payload: { reason: "refused" } }]), { interval: 5 });
  sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(() => expect(played(ada.id)).toBe(1n), { interval: 5, timeout: 5_000 });
  await questline.flush();
  expect(emulator.world.progress(ada.id, "EVERY_MAP").bits).toBe("0001000");
  expect(room.plugins.questline.toJSON()).toMatchObject({ guestReports: { kept: 0, claimed: 2, dropped: 0 } });
  await vi.waitFor(() => expect(told).toContainEqual(expect.objectContaining({ type: UNLOCKED })), { interval: 5 });

  expect([...room.end().keys()]).toEqual([ada.id]);
  expect(JSON.stringify([authOf(sdk), room.plugins, quiet.flatMap(({ mock }) => mock.calls)])).not.toContain(ada.token);
});

test("a guest who leaves without a proof loses what was kept, and it is counted", async () => {
  const sdk = await sdkWith().joinOrCreate("guests", {});
  const room = roomOf(sdk);
  await joined(room, sdk);
  room.plugins.questline.report(sdk.sessionId, "kill", { map: 3 }, { id: "k-1" });
  await sdk.leave();
  await vi.waitFor(() => expect(room.clients.length).toBe(0), { interval: 5 });
  expect(room.plugins.questline.toJSON()).toMatchObject({ guestReports: { kept: 0, claimed: 0, dropped: 1 } });
});

test("a guest who leaves while the token is being verified keeps what was reported", async () => {
  const ada = newUser(emulator);
  const sdk = await sdkWith().joinOrCreate("guests", {});
  const room = roomOf(sdk);
  await joined(room, sdk);
  room.end();
  emulator.faults.add({ operation: "users.me", kind: "latency", ms: 150, when: "before", times: 1 });
  sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(() => expect(emulator.requests.count({ operation: "users.me" })).toBeGreaterThan(0), {
    interval: 5,
  });
  await sdk.leave();
  await vi.waitFor(() => expect(played(ada.id)).toBe(1n), { interval: 5, timeout: 5_000 });
  expect(room.plugins.questline.toJSON()).toMatchObject({ guestReports: { kept: 0, claimed: 1, dropped: 0 } });
});

test("a guest's wrong tokens are verified a few times, then no more", async () => {
  const sdk = await sdkWith().joinOrCreate("guests", {});
  const told = heard(sdk, TOKEN);
  await joined(roomOf(sdk), sdk);
  emulator.requests.clear();
  for (let n = 1; n <= MOST_CLAIMS; n++) {
    sdk.send(TOKEN, { token: `FRL-wrong-${n}` });
    await vi.waitFor(() => expect(told).toHaveLength(n), { interval: 5 });
  }
  const ada = newUser(emulator);
  sdk.send(TOKEN, { token: ada.token });
  sdk.send("no such message");
  await new Promise((resolve) => sdk.onLeave(resolve));
  expect(emulator.requests.count({ operation: "users.me" })).toBe(MOST_CLAIMS);
});

test("a wrong credential is refused in a room of guests too: the client believes it is somebody", async () => {
  await expect(sdkWith().joinOrCreate("guests", { metaToken: "FRL-nobody" })).rejects.toMatchObject({ code: 401 });
});

test.each([7, "7", "acc-7"])("a login of the game's own, %j, is a guest, who may become a player", async (id) => {
  const ada = newUser(emulator);
  const sdk = await sdkWith(await JWT.sign({ id, role: "admin" })).joinOrCreate("guests", {});
  const room = roomOf(sdk);
  await joined(room, sdk);
  expect(authOf(sdk)).toMatchObject({ id, role: "admin" });
  expect(room.end().size).toBe(0);
  sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(() => expect([...room.end().keys()]).toEqual([ada.id]), { interval: 5 });
  expect(authOf(sdk)).toMatchObject({ id, role: "admin", questline: { id: ada.id } });
});

test.each(["required", "guests"])("a %s room: a login of the game's own with Meta's proof beside it", async (name) => {
  const ada = newUser(emulator);
  const ours = await JWT.sign({ id: "acc-7", role: "admin" });
  const sdk = await sdkWith(ours).joinOrCreate(name, { metaToken: ada.token });
  expect(authOf(sdk)).toMatchObject({ id: "acc-7", role: "admin", questline: { id: ada.id } });
  expect([...roomOf(sdk).end().keys()]).toEqual([ada.id]);
});

test("a mode that does not exist is refused by name", () => {
  expect(() => questlinePlugin(questline, { auth: "optional" as "guests" })).toThrow(/"required" or "guests"/);
});
