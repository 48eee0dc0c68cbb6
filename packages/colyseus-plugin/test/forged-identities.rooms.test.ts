import { auth, JWT } from "@colyseus/auth";
import { definePlugins, QueueRoom, Room } from "colyseus";
import type { Client } from "@colyseus/core";
import type { ColyseusTestServer } from "@colyseus/testing";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { attach } from "../src/attach.ts";
import { PULL } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlineEndpoints } from "../src/questline-endpoints.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, heard, host, joined, newUser, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;
let quiet: MockInstance[];

/** What the room made of each report of a kill. */
abstract class KillRoom extends Room {
  override autoDispose = false;
  abstract get reports(): {
    report(client: Client, event: "kill", payload: { map: number }, o: { id: string }): unknown;
  };
  constructor() {
    super();
    this.onMessage("kill", (client, id: string) => void this.reports.report(client, "kill", { map: 3 }, { id }));
  }
}
class StaticRoom extends KillRoom {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
  get reports() {
    return this.plugins.questline;
  }
}
class RequiredRoom extends KillRoom {
  override plugins = definePlugins([questlinePlugin(questline, { auth: "required" })]);
  get reports() {
    return this.plugins.questline;
  }
}
class GuestsRoom extends KillRoom {
  override plugins = definePlugins([questlinePlugin(questline, { auth: "guests" })]);
  get reports() {
    return this.plugins.questline;
  }
}
class PlainRoom extends KillRoom {
  override plugins = definePlugins([questlinePlugin(questline)]);
  get reports() {
    return this.plugins.questline;
  }
}
class AttachedRoom extends KillRoom {
  #reports!: ReturnType<typeof attach<typeof questline.events, any, any>>;
  override onCreate(): void {
    this.#reports = attach(this, questline, { auth: "guests" });
  }
  get reports() {
    return this.#reports;
  }
}
/** A queue in which nobody is checked, before matches with the hook. */
class OpenQueue extends QueueRoom {}
class CheckedQueue extends QueueRoom {
  static override onAuth = questlineAuth(questline);
}

const rooms = ["static", "required", "guests", "plain", "attached"] as const;

beforeAll(async () => {
  JWT.settings.secret = "jwt-test-secret";
  const queue = { matchRoomName: "static", maxPlayers: 1 };
  server = await serve(
    {
      static: StaticRoom,
      required: RequiredRoom,
      guests: GuestsRoom,
      plain: PlainRoom,
      attached: AttachedRoom,
      openQueue: OpenQueue,
      checkedQueue: CheckedQueue,
    },
    {
      options: { openQueue: queue, checkedQueue: queue },
      express(app) {
        app.use(auth.prefix, auth.routes());
        app.use(questlineEndpoints(questline));
      },
    },
  );
});
beforeEach(() => {
  quiet = (["warn", "info", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
});
afterEach(async () => {
  await server.cleanup();
  for (const spy of quiet) spy.mockRestore();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

const sdkWith = (token?: string, headers: Record<string, string> = {}): SdkClient => {
  const sdk = new SdkClient(`ws://${host}`, { headers });
  if (token !== undefined) sdk.auth.token = token;
  return sdk;
};

/** What Colyseus's own sign-in signs for anybody who asks. */
async function anonymous(members: object): Promise<string> {
  const response = await fetch(`http://${host}/auth/anonymous`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ options: members }),
  });
  const { token } = (await response.json()) as { token: string };
  return token;
}

/** Joins, does what a player would, and leaves; undefined where the door stays closed. */
async function play(name: string, token: string, joinOptions: object = {}): Promise<SdkRoom | undefined> {
  const sdk = await sdkWith(token)
    .joinOrCreate(name, joinOptions)
    .catch((error: { code: number }) => void expect([401, 403]).toContain(error.code));
  if (!sdk) return undefined;
  const room = server.getRoomById(sdk.roomId);
  await joined(room, sdk);
  sdk.send("kill", `kill of ${sdk.sessionId}`);
  sdk.send(PULL);
  return sdk;
}

const claims = (id: string, sealed: string): Record<string, object> => ({
  questline: { questline: { id } },
  userId: { userId: id },
  id: { id },
  sub: { sub: id },
  metaUserId: { metaUserId: id },
  "all of them": { questline: { id }, userId: id, id, sub: id, metaUserId: id, auth: { id }, guest: false },
  "a voucher of another's": { questline: { id }, questlineVoucher: sealed },
});

test.each(rooms)("%s room: nobody becomes a player by what a signed token says", async (name) => {
  const [victim, attacker] = [newUser(emulator), newUser(emulator)];
  const calls = emulator.requests.list().length;
  for (const [claim, members] of Object.entries(claims(victim.id, "nonsense.nonsense"))) {
    const sdk = await play(name, await anonymous(members));
    if (!sdk) continue;
    const told = heard(sdk, "questline:unlocked", "questline:recorded", "questline:progress");
    // The connection's own messages are behind it once this one is answered by a drop.
    await sdk.leave();
    expect(told, claim).toEqual([]);
  }
  await questline.flush();
  expect(await questline.receipts({ userId: victim.id })).toEqual([]);
  expect(
    emulator.requests
      .list()
      .slice(calls)
      .filter(({ userId }) => userId === victim.id),
  ).toEqual([]);

  // Even the attacker's own voucher is good in its own token only.
  const { questlineVoucher } = await JWT.verify<{ questlineVoucher: string }>(await exchanged(attacker.token));
  const moved = await play(name, await anonymous({ questline: { id: victim.id }, id: victim.id, questlineVoucher }));
  await moved?.leave();
  await questline.flush();
  for (const { id } of [victim, attacker]) expect(await questline.receipts({ userId: id })).toEqual([]);
});

/** A token of the exchange endpoint. */
async function exchanged(metaToken: string): Promise<string> {
  const { data } = await sdkWith().http.post<any>("/questline/token", { body: { metaToken } });
  return data.token as string;
}

test.each(rooms)("%s room: a token of the exchange endpoint lets its player in", async (name) => {
  const ada = newUser(emulator);
  const sdk = await play(name, await exchanged(ada.token));
  await vi.waitFor(async () => expect(await questline.receipts({ userId: ada.id })).toHaveLength(1));
  const seen: unknown = server.getRoomById(sdk?.roomId ?? "").clients[0]?.auth;
  expect(seen).toMatchObject({ id: ada.id, alias: ada.alias });
  expect(JSON.stringify(seen)).not.toContain("questlineVoucher");
});

test("a queue hands on who was checked, and not who only says so", async () => {
  const ada = newUser(emulator);
  const seatOf = (sdk: SdkRoom): Promise<SdkRoom> =>
    new Promise((resolve) =>
      sdk.onMessage("seat", (seat: never) => void sdkWith().consumeSeatReservation(seat).then(resolve)),
    );
  const [real, forged] = [
    await sdkWith(undefined, { "x-meta-token": ada.token }).joinOrCreate("checkedQueue"),
    await sdkWith(await anonymous({ id: ada.id, questline: { id: ada.id } })).joinOrCreate("openQueue"),
  ];
  const [match, stolen] = await Promise.all([real, forged].map(seatOf));
  for (const sdk of [match, stolen]) sdk?.send("kill", `kill of ${sdk.sessionId}`);
  await vi.waitFor(async () => expect(await questline.receipts({ userId: ada.id })).toHaveLength(1));
  await stolen?.leave();
  await questline.flush();
  expect((await questline.receipts({ userId: ada.id })).map(({ occurrence }) => occurrence)).toEqual([
    `kill of ${match?.sessionId}`,
  ]);
});

test.each(["required", "guests", "plain", "attached"])(
  "%s room: nobody takes over a session by naming it",
  async (name) => {
    const [victim, attacker] = [newUser(emulator), newUser(emulator)];
    const theirs = await sdkWith()
      .joinOrCreate(name, name === "plain" ? {} : { metaToken: victim.token })
      .catch(() => undefined);
    const sdk = theirs ?? (await sdkWith(await exchanged(victim.token)).joinOrCreate(name));
    const room = server.getRoomById(sdk.roomId);
    await joined(room, sdk);
    const told = heard(sdk, "questline:unlocked", "questline:recorded");

    const token = await anonymous({ sessionId: sdk.sessionId });
    const taken = sdkWith(token).joinById(sdk.roomId, { metaToken: attacker.token });
    await expect(taken).rejects.toThrow(/already full/);
    expect(Array.from(room.clients, ({ sessionId }) => sessionId)).toEqual([sdk.sessionId]);
    sdk.send("kill", `kill of ${sdk.sessionId}`);
    if (name === "plain") return;
    await vi.waitFor(async () => expect(await questline.receipts({ userId: victim.id })).toHaveLength(1));
    expect(await questline.receipts({ userId: attacker.id })).toEqual([]);
    expect(told).toEqual([]);
  },
);
