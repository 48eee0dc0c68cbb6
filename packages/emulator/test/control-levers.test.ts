import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, operations } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, control, get, idOf, post } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator({ clock: frozenClock() });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const order = async (path: string, body?: unknown): Promise<any> => {
  const reply = await control(emulator, "POST", path, body);
  expect({ path, status: reply.status, body: reply.body }).toMatchObject({ status: 200 });
  return reply.body;
};
const refusal = async (path: string, body: unknown): Promise<string> => {
  const reply = await control(emulator, "POST", path, body);
  expect(reply.status).toBe(400);
  return reply.body.error.path;
};

describe("achievements and leaderboards", () => {
  it("are defined, archived, wiped and scored", async () => {
    const definition = {
      api_name: "LAPS",
      achievement_type: "COUNT",
      achievement_write_policy: "SERVER_AUTHORITATIVE",
      target: 5,
    };
    await order("/definitions", { definition });
    await post(emulator, `/${ada}/achievements`, { api_name: "LAPS", add_count: "2" });
    expect(emulator.world.progress(ada, "LAPS").count).toBe(2n);
    expect(await order("/definitions/archive", { apiName: "LAPS" })).toEqual({ archived: true });
    expect((await post(emulator, `/${ada}/achievements`, { api_name: "LAPS", add_count: "2" })).status).toBe(400);
    expect(await order("/definitions/archive", { apiName: "LAPS", archived: false })).toEqual({ archived: false });
    await order("/achievements/remove-all", { userId: ada });
    expect(emulator.world.achievements(ada)).toEqual([]);
    const leaderboard = { api_name: "RACE", sort_order: "LOWER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" };
    await order("/leaderboards", { leaderboard });
    await order("/scores", { apiName: "RACE", userId: ada, score: "9007199254740993" });
    expect(emulator.world.entry("RACE", ada)?.score).toBe(9007199254740993n);
    await order("/leaderboards", { leaderboard: { ...leaderboard, latest_allowed_entry_time: 5 } });
    const late = await post(emulator, "/leaderboard_submit_entry", { api_name: "RACE", user_id: ada, score: "1" });
    expect(late.body.error.code).toBe(100);
    expect(await refusal("/definitions", { definition: { ...definition, target: 0 } })).toBe("definition.target");
    expect(await refusal("/leaderboards", { leaderboard: {} })).toBe("leaderboard.api_name");
    expect(await refusal("/scores", { apiName: "RACE", userId: ada, score: "much" })).toBe("score");
    expect(await refusal("/definitions/archive", { apiName: "NONE" })).toBe("apiName");
    expect(await refusal("/achievements/remove-all", { userId: "5" })).toBe("userId");
  });
});

describe("the store", () => {
  it("sells, grants, takes back, subscribes", async () => {
    const price = { currency: "USD", amount_in_hundredths: 100 };
    await order("/items", { item: { sku: "HAT", item_type: "DURABLE", price } });
    const bought = await order("/purchases", { userId: ada, sku: "HAT", developerPayload: "p", expiresInMs: 1_000 });
    expect(bought).toMatchObject({ sku: "HAT", state: "owned", developerPayload: "p", expiresAt: 1_900_000_001_000 });
    expect(await order("/purchases", { userId: ada, sku: "GEMS_50", granted: true })).toMatchObject({ sku: "GEMS_50" });
    await order("/purchases/refund", { userId: ada, sku: "GEMS_50", type: "CHARGEBACKED" });
    const { body } = await control(emulator, "GET", `/purchases?userId=${ada}`);
    expect(body.purchases.map((each: any) => each.state)).toEqual(["owned", "chargebacked"]);
    expect(await order("/entitlements", { userId: ada, entitled: false })).toEqual({ entitled: false });
    expect((await post(emulator, "/1/verify_entitlement", {}, ADA_TOKEN)).body).toEqual({ success: false });
    expect(await order("/entitlements", { userId: ada })).toEqual({ entitled: true });
    await order("/subscriptions", { userId: ada, sku: "CLUB", term: "MONTHLY", trial: "FREE_TRIAL" });
    await order("/subscriptions/cancel", { userId: ada, sku: "CLUB", reason: 2 });
    await order("/subscriptions/uncancel", { userId: ada, sku: "CLUB" });
    const listed = (await control(emulator, "GET", `/subscriptions?userId=${ada}`)).body.subscriptions;
    expect(listed).toMatchObject([{ sku: "CLUB", active: true, trial: "FREE_TRIAL", userId: ada }]);
    const snapshot = emulator.world.snapshot();
    expect(snapshot.users[0]).toMatchObject({
      entitled: ["1"],
      purchases: [{ appId: "1", sku: "HAT" }, {}],
      subscriptions: [{ appId: "1", sku: "CLUB" }],
    });
    expect(snapshot.apps[0]?.items.map(({ sku }) => sku)).toContain("HAT");
    expect(await refusal("/subscriptions", { userId: ada, sku: "CLUB", term: "DAILY" })).toBe("body.term");
    expect(await refusal("/subscriptions", { userId: ada, sku: "CLUB", term: "WEEKLY" })).toBe("subscription.term");
    expect(await refusal("/subscriptions/cancel", { userId: ada, sku: "CLUB", reason: 9 })).toBe("reason");
    expect(await refusal("/purchases", { userId: ada, sku: "NONE" })).toBe("sku");
    expect(await refusal("/items", { item: { sku: "?", item_type: "DURABLE", price } })).toBe("item.sku");
    expect(
      await refusal("/items", { item: { sku: "X", item_type: "DURABLE", price: { ...price, currency: "$" } } }),
    ).toBe("item.price.currency");
    expect((await control(emulator, "GET", "/purchases")).status).toBe(400);
  });
});

describe("people and headsets", () => {
  it("get codes, attestation tokens and notifications", async () => {
    const code = await order("/link-codes", { userId: ada, ttlMs: 5_000 });
    expect((await post(emulator, "/sso_authorize_code", code)).status).toBe(200);
    const nonce = "bm9uY2Vub25jZW5vbmNlbm9uY2U";
    const { uniqueId } = await order("/devices", { device: "quest" });
    const { token } = await order("/attestation-tokens", { nonce, device: "quest", claims: { extra: [1] } });
    const { body } = await get(emulator, `/platform_integrity/verify?token=${token}`);
    const claims = JSON.parse(Buffer.from(body.data[0].claims, "base64url").toString());
    expect(claims).toMatchObject({ extra: [1], device_state: { unique_id: uniqueId } });
    await post(emulator, "/platform_integrity/device_ban", {
      unique_id: uniqueId,
      is_banned: "true",
      remaining_time_in_minute: "5",
    });
    expect((await control(emulator, "GET", "/bans")).body.bans).toMatchObject([{ device: "quest" }]);
    await order("/notification-requests", { request: { request_id: "GO", category: "SOCIAL" } });
    const sending = { recipient_ids: `['${ada}']`, notif_request: "GO" };
    expect((await post(emulator, "/GO/triggered_notifs_with_text_map", sending, ADA_TOKEN)).status).toBe(200);
    expect((await control(emulator, "GET", "/notifications")).body.notifications).toMatchObject([{ senderId: ada }]);
    expect(await refusal("/attestation-tokens", { nonce: "short" })).toBe("nonce");
    expect(await refusal("/attestation-tokens", {})).toBe("body.nonce");
    expect(await refusal("/notification-requests", { request: {} })).toBe("request.request_id");
    expect((await control(emulator, "GET", "/bans?appId=9")).status).toBe(400);
  });
});

describe("the rest", () => {
  it("lists operations, and bounds the clock", async () => {
    expect((await control(emulator, "GET", "/operations")).body.operations).toEqual(operations);
    expect(await refusal("/clock", { advanceMs: 1e15 })).toBe("advanceMs");
    for (let century = 0; century < 69; century += 1) emulator.world.advance(36_525 * 86_400_000);
    expect(await refusal("/clock", { advanceMs: 36_525 * 86_400_000 })).toBe("advanceMs");
  });
});
