import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, get, post, type Reply, send } from "./graph-client.ts";

const DAY = 86_400_000;
const OTHER = "OC|2|other-secret";
const NONCE = "aGVsbG8gY2hhbGxlbmdlIG5vbmNl";
let emulator: Emulator;
beforeAll(async () => {
  const apps = [
    { id: "1", secret: "test-secret" },
    { id: "2", secret: "other-secret" },
  ];
  const users = [{ alias: "ada", tokens: { "1": [ADA_TOKEN] } }];
  emulator = await createEmulator({ clock: frozenClock(), seed: { apps, users } });
});
beforeEach(() => emulator.reset());
afterAll(() => emulator.close());

const verify = (token: string, appToken?: string): Promise<Reply> =>
  get(emulator, `/platform_integrity/verify?token=${encodeURIComponent(token)}`, appToken);
const claimsOf = ({ body }: Reply): any => JSON.parse(Buffer.from(body.data[0].claims, "base64url").toString("utf8"));
const mint = (over: object = {}): string =>
  emulator.world.devices.mintAttestationToken({ nonce: NONCE, appId: "1", ...over });
const ban = (parameters: Record<string, string>, token?: string): Promise<Reply> =>
  post(emulator, "/platform_integrity/device_ban", parameters, token);
const status = (query: string, token?: string): Promise<Reply> =>
  get(emulator, `/platform_integrity/device_ban_status?${query}`, token);

describe("attestation", () => {
  it("verifies a token and shows its claims", async () => {
    const reply = await verify(mint());
    expect(reply.body.data[0].message).toBe("success");
    expect(reply.body.data[0].claims).toMatch(/^[\w-]+$/);
    expect(claimsOf(reply)).toEqual({
      request_details: { nonce: NONCE, timestamp: 1_900_000_000, exp: 1_900_086_400 },
      app_state: {
        app_integrity_state: "StoreRecognized",
        package_cert_sha256_digest: [expect.stringMatching(/^[0-9a-f]{64}$/)],
        package_id: "com.example.questline",
        version: "1",
      },
      device_state: { device_integrity_state: "Advanced", unique_id: emulator.world.devices.uniqueId("headset", "1") },
    });
  });

  it("shows chosen claims, more and fewer of them", async () => {
    const claims = {
      app_state: { app_integrity_state: "NotRecognized", version: null },
      device_state: { device_integrity_state: "Basic", security_update_pending_days: 9 },
      device_ban: { is_banned: true, remaining_ban_time: 5 },
    };
    const shown = claimsOf(await verify(mint({ claims })));
    expect(shown).toMatchObject({ ...claims, app_state: { app_integrity_state: "NotRecognized" } });
    expect(shown.app_state).not.toHaveProperty("version");
  });

  it("tells forged, expired and foreign tokens with status 200", async () => {
    const short = mint({ expiresInMs: 1_000 });
    const cases: [string, string, string | undefined][] = [
      [mint({ forged: true }), "invalid signature", undefined],
      ["nonsense", "invalid signature", undefined],
      [`${mint()}x`, "invalid signature", undefined],
      [mint(), "invalid signature", OTHER],
    ];
    for (const [token, message, appToken] of cases) {
      const reply = await verify(token, appToken);
      expect([reply.status, reply.body]).toEqual([200, { data: [{ message }] }]);
    }
    emulator.world.advance(1_000);
    expect((await verify(short)).body).toEqual({ data: [{ message: "token expired" }] });
  });

  it("wants GET and the app's token", async () => {
    expect((await post(emulator, "/platform_integrity/verify", { token: mint() })).body.error.code).toBe(100);
    expect((await verify(mint(), ADA_TOKEN)).body.error.code).toBe(10);
    expect((await get(emulator, "/platform_integrity/verify")).body.error.code).toBe(100);
  });

  it("pads claims when the switch says so", async () => {
    emulator.switches.set({ claimsPadding: "present" });
    for (const device of ["a", "bc", "def"]) {
      const { claims } = (await verify(mint({ claims: { extra: device } }))).body.data[0];
      expect(claims.length % 4).toBe(0);
    }
  });

  it("refuses a nonce that a headset would refuse", () => {
    for (const nonce of ["short", "a".repeat(173), "not base64url at all!!"]) {
      expect(() => mint({ nonce })).toThrow("nonce: expected base64url text of 22 to 172 characters");
    }
    expect(() => mint({ appId: "9" })).toThrow("appId");
    expect(() => mint({ device: "" })).toThrow("device");
  });

  it("gives a device another id in every app and every 30 days", () => {
    const id = (appId: string): string => emulator.world.devices.uniqueId("quest", appId);
    const before = id("1");
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(id("2")).not.toBe(before);
    emulator.world.advance(29 * DAY);
    expect(id("1")).toBe(before);
    emulator.world.advance(DAY);
    expect(id("1")).not.toBe(before);
  });
});

describe("device bans", () => {
  it("bans, changes and lifts, in the platform's shapes", async () => {
    const unique = emulator.world.devices.uniqueId("quest", "1");
    const banned = await ban({ unique_id: unique, is_banned: "true", remaining_time_in_minute: "10" });
    expect(banned.body).toEqual({ message: "Success", ban_id: expect.stringMatching(/^[A-Za-z0-9+/]+$/) });
    const { ban_id: id } = banned.body;
    expect(Buffer.from(id, "base64").toString()).toMatch(/^\d+$/);
    emulator.world.advance(150_000);
    const state = { message: "Success", is_banned: true, remaining_time_in_minute: 8 };
    expect((await status(`ban_id=${id}`)).body).toEqual({ data: [state] });
    const again = await ban({ ban_id: id, is_banned: "true", remaining_time_in_minute: "60" });
    expect(again.body.ban_id).toBe(id);
    expect(claimsOf(await verify(mint({ device: "quest" }))).device_ban).toEqual({
      is_banned: true,
      remaining_ban_time: 60,
    });
    const lifted = await ban({ ban_id: id, is_banned: "false" });
    expect(lifted.body).toEqual({ message: "Success", ban_id: "" });
    expect((await ban({ unique_id: unique, is_banned: "false" })).body).toEqual({ message: "Success", ban_id: "" });
    expect((await status(`unique_id=${unique}`)).body.data).toEqual([
      { message: "Success", is_banned: false, remaining_time_in_minute: 0 },
    ]);
    expect((await status(`ban_id=${id}`)).body.error).toMatchObject({ code: -1, error_subcode: 1_614_033 });
  });

  it("works as GET with method=POST, and with a JSON body", async () => {
    const unique = emulator.world.devices.uniqueId("quest", "1");
    const query = `unique_id=${unique}&is_banned=true&remaining_time_in_minute=5&method=POST`;
    expect((await get(emulator, `/platform_integrity/device_ban?${query}`)).body.message).toBe("Success");
    const body = JSON.stringify({ unique_id: unique, is_banned: true, remaining_time_in_minute: 7 });
    const headers = { "content-type": "application/json" };
    expect((await send(emulator, "POST", "/platform_integrity/device_ban", { headers, body })).body.ban_id).not.toBe(
      "",
    );
    expect(emulator.world.devices.bans("1")).toHaveLength(1);
  });

  it("runs out, and outlives the unique id", async () => {
    const unique = emulator.world.devices.uniqueId("quest", "1");
    const minutes = String(40 * 24 * 60);
    const { ban_id: id } = (await ban({ unique_id: unique, is_banned: "1", remaining_time_in_minute: minutes })).body;
    emulator.world.advance(31 * DAY);
    expect((await status(`unique_id=${unique}`)).body.error).toMatchObject({ code: 1, error_subcode: 1_614_026 });
    expect((await status(`ban_id=${id}`)).body.data[0].is_banned).toBe(true);
    emulator.world.advance(9 * DAY);
    expect((await status(`ban_id=${id}`)).body.error).toMatchObject({ code: -1, error_subcode: 1_614_033 });
    expect((await get(emulator, "/platform_integrity/device_ban_ids")).body.data[0].all_ban_ids).toEqual([]);
  });

  it("tells other apps' ids apart, and lets a good ban_id win", async () => {
    const mine = emulator.world.devices.uniqueId("quest", "1");
    const theirs = emulator.world.devices.uniqueId("quest", "2");
    const time = { is_banned: "true", remaining_time_in_minute: "5" };
    const { ban_id: foreign } = (await ban({ unique_id: theirs, ...time }, OTHER)).body;
    expect((await ban({ unique_id: theirs, ...time })).body.error).toMatchObject({ code: 1, error_subcode: 1_614_027 });
    expect((await ban({ ban_id: foreign, ...time })).body.error).toMatchObject({ code: -1, error_subcode: 1_614_036 });
    expect((await ban({ unique_id: "beef", ...time })).body.error).toMatchObject({ code: 1, error_subcode: 1_614_026 });
    const { ban_id: own } = (await ban({ unique_id: mine, ...time })).body;
    expect((await ban({ ban_id: own, unique_id: "beef", ...time })).body.ban_id).toBe(own);
    expect((await ban({ ban_id: "none", unique_id: mine, ...time })).body.ban_id).toBe(own);
  });

  it.each([["-1"], ["52560001"]])("refuses %s minutes", async (minutes) => {
    const unique_id = emulator.world.devices.uniqueId("quest", "1");
    const reply = await ban({ unique_id, is_banned: "true", remaining_time_in_minute: minutes });
    expect(reply.body.error).toMatchObject({ code: 1, error_subcode: 1_614_028 });
  });

  it("accepts the two ends of the time, and wants its parameters", async () => {
    const unique_id = emulator.world.devices.uniqueId("quest", "1");
    for (const minutes of ["0", "52560000"]) {
      const parameters = { unique_id, is_banned: "true", remaining_time_in_minute: minutes };
      expect((await ban(parameters)).body.message).toBe("Success");
    }
    expect((await ban({ unique_id })).body.error.code).toBe(100);
    expect((await ban({ unique_id, is_banned: "true" })).body.error.code).toBe(100);
    expect((await ban({ is_banned: "false" })).body.error.code).toBe(100);
    expect((await ban({ unique_id, is_banned: "false" }, ADA_TOKEN)).body.error.code).toBe(10);
  });

  it("lists active bans in pages, with the day of the first ban", async () => {
    for (const device of ["a", "b", "c"]) {
      const unique_id = emulator.world.devices.uniqueId(device, "1");
      await ban({ unique_id, is_banned: "true", remaining_time_in_minute: "5000" });
    }
    const { body } = await get(emulator, "/platform_integrity/device_ban_ids?limit=2");
    expect(body.data).toEqual([
      {
        message: "Success",
        all_ban_ids: [
          { ban_id: expect.any(String), creation_date: "2030-03-17" },
          { ban_id: expect.any(String), creation_date: "2030-03-17" },
        ],
      },
    ]);
    const next = await get(emulator, body.paging.next.slice(emulator.url.length));
    expect(next.body.data[0].all_ban_ids).toHaveLength(1);
    expect(next.body.paging).not.toHaveProperty("next");
  });
});
