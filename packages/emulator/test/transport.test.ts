import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { ADA_TOKEN, APP_TOKEN, exchangeBytes, get, idOf, post, send } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator();
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const wins = (): bigint => emulator.world.progress(ada, "WINS_100").count;

describe("where parameters go", () => {
  const path = (): string => `/${ada}/achievements`;

  it("takes a query without body under a JSON content type", async () => {
    const headers = { "content-type": "application/json" };
    const reply = await send(emulator, "POST", `${path()}?api_name=WINS_100&add_count=3`, { headers });
    expect(reply.status).toBe(200);
    expect(wins()).toBe(3n);
  });

  it("takes a form, a JSON body and multipart", async () => {
    await post(emulator, path(), { api_name: "WINS_100", add_count: "1" });
    const json = { headers: { "content-type": "application/json" }, body: '{"api_name":"WINS_100","add_count":10}' };
    expect((await send(emulator, "POST", path(), json)).status).toBe(200);
    const body = new FormData();
    body.set("api_name", "WINS_100");
    body.set("add_count", "100");
    expect((await send(emulator, "POST", path(), { body })).status).toBe(200);
    expect(wins()).toBe(111n);
  });

  it("takes a form without content type", async () => {
    const body = `access_token=${encodeURIComponent(APP_TOKEN)}&api_name=WINS_100&add_count=4`;
    const head = `POST ${path()} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    const { received } = await exchangeBytes(emulator, head + body);
    expect(received).toMatch(/^HTTP\/1.1 200 /);
    expect(wins()).toBe(4n);
  });

  it("takes booleans as text and as JSON", async () => {
    const json = {
      headers: { "content-type": "application/json" },
      body: '{"api_name":"FIRST_WIN","force_unlock":true}',
    };
    expect((await send(emulator, "POST", path(), json)).body.just_unlocked).toBe(true);
    const again = await post(emulator, path(), { api_name: "FIRST_WIN", force_unlock: "true" });
    expect(again.body.just_unlocked).toBe(false);
    const bad = await post(emulator, path(), { api_name: "FIRST_WIN", force_unlock: "yes" });
    expect(bad.body.error).toMatchObject({ code: 100, message: expect.stringContaining("force_unlock") });
  });

  it("prefers the body to the query, and both to the header token", async () => {
    await post(emulator, `${path()}?api_name=WINS_100&add_count=1`, { add_count: "20" });
    expect(wins()).toBe(20n);
    const me = await get(emulator, `/me?access_token=${ADA_TOKEN}`, "wrong");
    expect(me.body.id).toBe(ada);
  });

  it("answers code 100 for JSON that is broken or no object", async () => {
    for (const body of ['{"api_name":', "[1]", "null", '"text"']) {
      const reply = await send(emulator, "POST", path(), { headers: { "content-type": "application/json" }, body });
      expect(reply.status).toBe(400);
      expect(reply.body.error.code).toBe(100);
    }
    expect(emulator.requests.count({ operation: "achievements.write", status: 400 })).toBe(4);
  });
});

describe("paths and methods", () => {
  it("ignores a version prefix and a slash at the end", async () => {
    for (const path of ["/me", "/v1.20/me", "/v2/me/", "/me/?fields=alias"]) {
      expect((await get(emulator, path, ADA_TOKEN)).body.id).toBe(ada);
    }
  });

  it("lets `method` replace the method, in any case", async () => {
    const path = `/${ada}/achievements?api_name=WINS_100&add_count=2&method=post`;
    expect((await get(emulator, path)).body.api_name).toBe("WINS_100");
    expect((await post(emulator, `/${ada}`, { method: "GET", fields: "alias" })).body.alias).toBe("ada");
    expect((await post(emulator, `/${ada}`, { method: "PATCH" })).body.error.code).toBe(100);
    expect(wins()).toBe(2n);
  });

  it("takes a form on DELETE, and does not support it for users", async () => {
    const body = `access_token=${encodeURIComponent(APP_TOKEN)}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const reply = await send(emulator, "DELETE", `/${ada}`, { token: null, headers, body });
    expect(reply.body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect(emulator.requests.list()[0]).toMatchObject({ operation: "unknown", tokenKind: "app" });
  });

  it("answers code 100 on a path that does not exist", async () => {
    for (const path of ["/nowhere", "/1/leaderboard_entries?api_name=HIGH_SCORE", "/a/b/c"]) {
      const reply = await get(emulator, path);
      expect(reply.status).toBe(400);
      expect(reply.body.error.code).toBe(100);
    }
    emulator.switches.set({ unknownPathStatus: 404 });
    expect((await get(emulator, "/nowhere")).status).toBe(404);
  });

  it("dispatches ids by what they are", async () => {
    await post(emulator, "/leaderboard_submit_entry", { api_name: "HIGH_SCORE", score: "1", user_id: ada });
    const entries = await get(emulator, "/leaderboard_entries?api_name=HIGH_SCORE");
    const boards = await get(emulator, "/1/leaderboards");
    for (const id of [entries.body.data[0].id, boards.body.data[0].id, "1"]) {
      expect((await get(emulator, `/${id}`)).body).toEqual({ id });
    }
    expect((await get(emulator, "/999")).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect(emulator.requests.count({ operation: "users.get" })).toBe(1);
    expect((await get(emulator, `/${ada}`)).body).toEqual({ id: ada });
  });
});

describe("tokens", () => {
  it("takes the token from query, form and header, pipes raw or escaped", async () => {
    const { received } = await exchangeBytes(
      emulator,
      `GET /${ada}?access_token=${APP_TOKEN} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect(received).toContain(`{"id":"${ada}"}`);
    expect((await get(emulator, `/${ada}?access_token=${encodeURIComponent(APP_TOKEN)}`, null)).status).toBe(200);
    expect((await post(emulator, `/${ada}?method=get`, { access_token: APP_TOKEN }, null)).status).toBe(200);
    expect((await get(emulator, `/${ada}`)).status).toBe(200);
  });

  it("answers 190 for a wrong secret, an unknown app, an unknown and an expired token", async () => {
    const expired = emulator.world.mintUserToken("1", ada);
    emulator.world.expireToken(expired);
    for (const token of ["OC|1|wrong", "OC|2|test-secret", "OC|test-secret", "FRLunknown", expired]) {
      const reply = await get(emulator, `/${ada}`, token);
      expect(reply.status).toBe(400);
      expect(reply.body.error).toMatchObject({ code: 190, type: "OCApiException", error_data: {} });
    }
  });

  it("answers 2500 without a token, and for `me` with an app token", async () => {
    expect((await get(emulator, `/${ada}`, null)).body.error.code).toBe(2500);
    expect((await get(emulator, "/me")).body.error.code).toBe(2500);
    expect((await get(emulator, "/me/achievements")).body.error.code).toBe(2500);
  });

  it("ends a user token when its time is over, and all of a user's when they are revoked", async () => {
    const short = emulator.world.mintUserToken("1", ada, { expiresInMs: 60_000 });
    expect((await get(emulator, "/me", short)).status).toBe(200);
    emulator.world.advance(60_000);
    expect((await get(emulator, "/me", short)).body.error.code).toBe(190);
    expect(emulator.world.revokeUserTokens(ada)).toBe(2);
    expect((await get(emulator, "/me", ADA_TOKEN)).body.error.code).toBe(190);
  });

  it("ends the old app token when the secret changes", async () => {
    emulator.world.rotateSecret("1", "new-secret");
    expect((await get(emulator, `/${ada}`)).body.error.code).toBe(190);
    expect((await get(emulator, `/${ada}`, "OC|1|new-secret")).status).toBe(200);
  });
});

describe("errors and the log", () => {
  it("sends the envelope with a trace id of 23 characters and the platform's content type", async () => {
    const reply = await get(emulator, "/999");
    expect(reply.headers.get("content-type")).toBe("application/json; charset=UTF-8");
    expect(reply.body.error.fbtrace_id).toMatch(/^A[A-Za-z0-9_-]{22}$/);
    expect(Object.keys(reply.body.error)).toEqual(
      expect.arrayContaining(["message", "type", "code", "error_subcode", "error_data", "fbtrace_id"]),
    );
  });

  it("never shows a token or nonce", async () => {
    const nonce = emulator.world.mintNonce("1", ada);
    await post(emulator, "/user_nonce_validate", { access_token: APP_TOKEN, nonce, user_id: ada }, null);
    await get(emulator, `/me?access_token=${ADA_TOKEN}`, null);
    await get(emulator, `/${encodeURIComponent(APP_TOKEN)}/achievements?app_secret=test-secret&x=${APP_TOKEN}`);
    const log = JSON.stringify(emulator.requests.list()) + JSON.stringify(emulator.oracle.snapshot());
    for (const secret of ["test-secret", nonce, ADA_TOKEN]) expect(log).not.toContain(secret);
    expect(emulator.requests.list()[0]).toMatchObject({
      operation: "users.validateNonce",
      params: { nonce: expect.stringMatching(/^nonce:[0-9a-f]{12}$/), user_id: ada },
      token: expect.stringMatching(/^app:[0-9a-f]{12}$/),
      effect: true,
      status: 200,
    });
  });
});
