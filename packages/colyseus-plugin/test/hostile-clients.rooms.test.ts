import { auth, JWT } from "@colyseus/auth";
import { definePlugins, QueueRoom, Room } from "colyseus";
import type { AuthContext, Client } from "@colyseus/core";
import type { ColyseusTestServer } from "@colyseus/testing";
import { Client as SdkClient, type Room as SdkRoom } from "@colyseus/sdk";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { TOKEN } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlineEndpoints } from "../src/questline-endpoints.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, heard, host, joined, newUser, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;
let quiet: MockInstance[];
const seen: unknown[] = [];

/** As Colyseus's documentation has it: the payload is the account. */
class PayloadRoom extends Room {
  static override onAuth = (token: string): Promise<unknown> => JWT.verify(token);
  override plugins = definePlugins([questlinePlugin(questline, { auth: "guests" })]);
  override autoDispose = false;
}
class StaticRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
}
class OpenQueue extends QueueRoom {}
/** Has a hook of its own that looks at everything. */
class LookingRoom extends Room {
  override plugins = definePlugins([questlinePlugin(questline)]);
  override onAuth(client: Client, options: object, _context: AuthContext): boolean {
    seen.push(JSON.parse(JSON.stringify([client.auth ?? null, options])));
    if ("fail" in options) throw new Error("no database today");
    return true;
  }
  override onUncaughtException(error: Error): void {
    seen.push(JSON.parse(JSON.stringify({ ...error })));
  }
}

let revoked: string | undefined;
beforeAll(async () => {
  JWT.settings.secret = "jwt-test-secret";
  JWT.settings.revocationCheck = ({ id }: { id: string }) => revoked === undefined || id !== revoked;
  const queue = { matchRoomName: "static", maxPlayers: 2 };
  server = await serve(
    { payload: PayloadRoom, static: StaticRoom, queue: OpenQueue, looking: LookingRoom },
    {
      options: { queue },
      express(app) {
        app.use(auth.prefix, auth.routes());
        app.use(questlineEndpoints(questline));
      },
    },
  );
});
beforeEach(() => {
  quiet = (["warn", "info", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
  seen.length = 0;
  revoked = undefined;
});
afterEach(async () => {
  emulator.faults.clear();
  await server.cleanup();
  for (const spy of quiet) spy.mockRestore();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

const sdkWith = (token?: string): SdkClient => {
  const sdk = new SdkClient(`ws://${host}`);
  if (token !== undefined) sdk.auth.token = token;
  return sdk;
};
async function anonymous(members: object): Promise<string> {
  const response = await fetch(`http://${host}/auth/anonymous`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ options: members }),
  });
  return ((await response.json()) as { token: string }).token;
}
async function exchanged(metaToken: string): Promise<string> {
  const { data } = await sdkWith().http.post<any>("/questline/token", { body: { metaToken } });
  return data.token as string;
}
const logged = (text: string): number =>
  quiet.flatMap(({ mock }) => mock.calls).filter((call) => JSON.stringify(call).includes(text)).length;

test.each([["as text"], ["in a list"], ["in a list of lists"]])(
  "a session is not overheard by claiming its id %s",
  async (how) => {
    const ada = newUser(emulator);
    const sdk = await sdkWith(await anonymous({})).joinOrCreate("payload", { metaToken: ada.token });
    const room = server.getRoomById(sdk.roomId);
    await joined(room, sdk);
    const id = sdk.sessionId;
    const claim = how === "as text" ? id : how === "in a list" ? [id] : [[id]];
    await expect(sdkWith(await anonymous({ sessionId: claim })).joinById(sdk.roomId)).rejects.toThrow(/already full/);
    expect(Array.from(room.clients, ({ sessionId }) => sessionId)).toEqual([id]);
  },
);

test("a seat that a queue gives to two is nobody's", async () => {
  const ada = newUser(emulator);
  const seatOf = (sdk: SdkRoom): Promise<SdkRoom> =>
    new Promise((resolve, reject) => {
      sdk.onMessage("clients", () => {});
      sdk.onMessage("seat", (seat: never) => void sdkWith().consumeSeatReservation(seat).then(resolve, reject));
    });
  const theirs = await sdkWith(await exchanged(ada.token)).joinOrCreate("queue");
  const claimed = await sdkWith(await anonymous({ sessionId: theirs.sessionId })).joinById(theirs.roomId);
  const ends = await Promise.allSettled([theirs, claimed].map(seatOf));
  expect(ends.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
});

test("a token that is revoked lends its player to no other token", async () => {
  const ada = newUser(emulator);
  const payload = await JWT.verify<Record<string, unknown>>(await exchanged(ada.token));
  revoked = ada.id;
  const { questlineVoucher, questline: named } = payload;
  for (const members of [{ questlineVoucher }, { questlineVoucher, questline: named }, { ...payload, id: "77" }])
    await expect(sdkWith(await anonymous(members)).joinOrCreate("static")).rejects.toMatchObject({ code: 401 });
});

test("what only Questline may say of a player is nowhere before it said so", async () => {
  const ada = newUser(emulator);
  const forged = await anonymous({ questline: { id: ada.id } });
  for (const name of ["looking", "payload"]) {
    const sdk = await sdkWith(forged).joinOrCreate(name, {});
    const { auth: left } = server.getRoomById(sdk.roomId).clients[0] as { auth?: { questline?: unknown } };
    expect([undefined, { guest: true }]).toContainEqual(left?.questline);
  }
  const real = await sdkWith(await exchanged(ada.token)).joinOrCreate("looking", {
    metaToken: "FRL-unneeded-test-token",
  });
  expect(JSON.stringify(seen)).not.toMatch(/questlineVoucher|FRL-unneeded/);
  expect(seen).toHaveLength(2);
  expect(
    server.getRoomById(real.roomId).clients.find(({ sessionId }) => sessionId === real.sessionId)?.auth,
  ).toMatchObject({
    id: ada.id,
    questline: { id: ada.id },
  });
});

test("an exception of the room's own hook carries no proof and no voucher", async () => {
  const ada = newUser(emulator);
  const sdk = sdkWith(await exchanged(ada.token));
  await expect(sdk.joinOrCreate("looking", { fail: true, metaToken: ada.token })).rejects.toThrow(/no database/);
  expect(JSON.stringify(seen)).toContain("OnAuthException");
  expect(JSON.stringify(seen)).not.toMatch(new RegExp(`questlineVoucher|${ada.token}`));
});

test("while Meta fails, a guest's token costs no try, and a good one is asked for again", async () => {
  const ada = newUser(emulator);
  const sdk = await sdkWith(await anonymous({})).joinOrCreate("payload", {});
  const room = server.getRoomById<PayloadRoom>(sdk.roomId);
  await joined(room, sdk);
  const asked = heard(sdk, TOKEN);
  room.plugins.questline.report(sdk.sessionId, "kill", { map: 3 }, { id: "k-1" });
  emulator.faults.chance({
    probability: 1,
    kinds: [{ kind: "status", status: 503 }],
    operations: ["users.me"],
    seed: 1,
  });
  for (let time = 0; time < 8; time++) sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(() => expect(asked).toEqual([{ type: TOKEN, payload: { reason: "missing" } }]), {
    interval: 20,
    timeout: 15_000,
  });
  emulator.faults.clear();
  sdk.send(TOKEN, { token: ada.token });
  await vi.waitFor(async () => expect(await questline.receipts({ userId: ada.id })).toHaveLength(1));
});

test("what clients can bring about is a line, not a line each", async () => {
  const sdk = await sdkWith().joinOrCreate("looking", {});
  const room = server.getRoomById<LookingRoom>(sdk.roomId);
  for (let time = 0; time < 200; time++) {
    const receipt = room.plugins.questline.report(sdk.sessionId, "kill", { map: 3 }, { id: `k-${time}` });
    expect(await receipt.durable).toMatchObject({ status: "refused" });
  }
  expect(logged("a report is refused")).toBe(1);
  const jwt = (text: string): string => `${Buffer.from('{"alg":"HS256"}').toString("base64url")}.${text}.x`;
  for (let time = 0; time < 10; time++)
    await expect(sdkWith(jwt(`e${time}`)).joinOrCreate("static")).rejects.toMatchObject({ code: 401 });
  expect(logged("could not be read")).toBe(0);
});
