import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, get, idOf, post, type Reply } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
let grace: string;
beforeAll(async () => {
  emulator = await createEmulator({ clock: frozenClock() });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
  grace = idOf(emulator, "grace");
});
afterAll(() => emulator.close());

describe("account linking", () => {
  const exchange = (body: Record<string, string>): Promise<Reply> => post(emulator, "/sso_authorize_code", body);
  const refresh = (body: Record<string, string>): Promise<Reply> => post(emulator, "/sso_authorize_refresh_code", body);

  it("turns a code into a token that shows the organisation's id", async () => {
    const code = emulator.world.mintLinkCode(ada);
    const { body } = await exchange(code);
    expect(body).toEqual({ oauth_token: expect.stringMatching(/^OC\w+$/), refresh_code: expect.any(String) });
    expect((await get(emulator, "/me?fields=alias", body.oauth_token)).body).toEqual({
      id: code.org_scoped_id,
      alias: "ada",
    });
    const second = await refresh({ refresh_code: body.refresh_code, org_scoped_id: code.org_scoped_id });
    expect(second.body.oauth_token).not.toBe(body.oauth_token);
    expect((await get(emulator, "/me", second.body.oauth_token)).body.id).toBe(code.org_scoped_id);
    const third = await refresh({ refresh_code: second.body.refresh_code, org_scoped_id: code.org_scoped_id });
    expect(third.status).toBe(200);
  });

  it("refuses spent, expired, foreign and mixed up codes", async () => {
    const code = emulator.world.mintLinkCode(ada);
    const other = emulator.world.mintLinkCode(grace);
    expect((await exchange({ ...code, org_scoped_id: other.org_scoped_id })).body.error.code).toBe(100);
    const linked = await exchange(code);
    expect(linked.status).toBe(200);
    expect((await exchange(code)).body.error.code).toBe(100);
    expect((await exchange({ ...code, code: linked.body.refresh_code })).body.error.code).toBe(100);
    const refreshing = { refresh_code: linked.body.refresh_code, org_scoped_id: code.org_scoped_id };
    expect((await refresh(refreshing)).status).toBe(200);
    expect((await refresh(refreshing)).body.error.code).toBe(100);
    emulator.switches.set({ linkCodeTtlMs: 1_000 });
    const short = emulator.world.mintLinkCode(ada);
    emulator.world.advance(1_000);
    expect((await exchange(short)).body.error.code).toBe(100);
    expect((await post(emulator, "/sso_authorize_code", code, ADA_TOKEN)).body.error.code).toBe(10);
  });

  it("keeps codes and tokens out of the log", async () => {
    const code = emulator.world.mintLinkCode(ada);
    const { oauth_token: token, refresh_code } = (await exchange(code)).body;
    await refresh({ refresh_code, org_scoped_id: code.org_scoped_id });
    await get(emulator, "/me", token);
    const log = JSON.stringify([emulator.requests.list(), emulator.world.snapshot()]);
    for (const secret of [code.code, token, refresh_code]) expect(log).not.toContain(secret);
  });
});

describe("triggered notifications", () => {
  const notify = (request: string, recipients: string, token?: string): Promise<Reply> =>
    post(
      emulator,
      `/${request}/triggered_notifs_with_text_map`,
      { recipient_ids: recipients, notif_request: request },
      token,
    );

  it("lie in the outbox, once for every call, in any form of the list", async () => {
    const forms = [`['${ada}','${grace}']`, `["${ada}", "${grace}"]`, `[${ada},${grace}]`, `${ada},${grace}`];
    for (const form of forms) expect((await notify("MATCH_READY", form)).body).toEqual({ success: true });
    const sent = { requestId: "MATCH_READY", recipientIds: [ada, grace], at: 1_900_000_000_000, senderId: undefined };
    expect(emulator.world.notifications()).toEqual(forms.map(() => sent));
  });

  it("of the category Social take a user's token", async () => {
    expect((await notify("FRIEND_CALLS", `['${grace}']`, ADA_TOKEN)).body).toEqual({ success: true });
    expect(emulator.world.notifications()[0]?.senderId).toBe(ada);
    expect((await notify("MATCH_READY", `['${grace}']`, ADA_TOKEN)).body.error.code).toBe(10);
  });

  it("are refused without approval, request or recipients", async () => {
    emulator.world.setNotificationRequest({ request_id: "DRAFT", approved: false });
    expect((await notify("DRAFT", ada)).body.error.code).toBe(10);
    expect((await notify("NONE", ada)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    for (const list of ["", "[]", "['5']", "[", "x"]) {
      expect((await notify("MATCH_READY", list)).body.error.code).toBe(100);
    }
    const other = { recipient_ids: ada, notif_request: "FRIEND_CALLS" };
    const reply = await post(emulator, "/MATCH_READY/triggered_notifs_with_text_map", other);
    expect(reply.body.error.code).toBe(100);
    expect(emulator.world.notifications()).toEqual([]);
  });
});

describe("tokens that were cut off", () => {
  it("answer 190 in a shape of their own", async () => {
    for (const token of [ADA_TOKEN.slice(0, -3), `${ADA_TOKEN}x`]) {
      const reply = await get(emulator, "/me", token);
      expect([reply.status, reply.body.error]).toEqual([
        400,
        expect.objectContaining({ code: 190, type: "OAuthException", message: expect.stringContaining("decrypted") }),
      ]);
    }
    for (const token of ["FRL-someone-else", "FRL-", "OC|1|test-secre"]) {
      const { error } = (await get(emulator, "/me", token)).body;
      expect(error).toMatchObject({ code: 190, type: "OCApiException", message: "Invalid OAuth 2.0 Access Token" });
    }
    emulator.switches.set({ invalidTokenStatus: 401 });
    expect((await get(emulator, "/me", `${ADA_TOKEN}x`)).status).toBe(401);
  });
});

describe("GET of any object by its id", () => {
  it("shows what its list shows", async () => {
    await post(emulator, `/${ada}/achievements`, { api_name: "WINS_100", add_count: "5" });
    emulator.world.setScore("HIGH_SCORE", ada, 12);
    emulator.world.store.subscribe(ada, "CLUB");
    const firstId = async (path: string): Promise<string> => (await get(emulator, path)).body.data[0].id;
    const cases: [string, string, object][] = [
      [
        "/1/achievement_definitions",
        "api_name,achievement_type",
        { api_name: "FIRST_WIN", achievement_type: "SIMPLE" },
      ],
      [`/${ada}/achievements`, "count_progress", { count_progress: 5 }],
      ["/1/leaderboards", "api_name,entry_count", { api_name: "HIGH_SCORE", entry_count: 1 }],
      ["/leaderboard_entries?api_name=HIGH_SCORE", "rank,score", { rank: 1, score: 12 }],
      ["/application/available_purchases", "sku", { sku: "GEMS_50" }],
      ["/application/subscriptions", "sku,is_active", { sku: "CLUB", is_active: true }],
    ];
    for (const [list, fields, shown] of cases) {
      const id = await firstId(list);
      expect((await get(emulator, `/${id}?fields=${fields}`)).body).toEqual({ id, ...shown });
      expect((await get(emulator, `/${id}?fields=nothing`)).body.error.code).toBe(100);
    }
    const subscription = await firstId("/application/subscriptions");
    expect((await get(emulator, `/${subscription}`, "FRL-grace-test-token")).body.error.code).toBe(100);
    expect(emulator.requests.count({ operation: "nodes.get" })).toBe(13);
  });
});
