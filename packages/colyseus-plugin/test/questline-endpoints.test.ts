import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { JWT } from "@colyseus/auth/JWT";
import { createRouter, ServerError } from "@colyseus/core";
import { IdentityRefusedError } from "@questline/core";
import express from "express";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { readJwt } from "../src/colyseus-jwt.ts";
import { endpointsWith, questlineEndpoints, type QuestlineEndpointsOptions } from "../src/questline-endpoints.ts";
import { fakeQuestline, type FakeQuestline } from "./fake-questline.ts";
import { testClock, type TestClock } from "./test-clock.ts";

let logged: MockInstance[];
beforeEach(() => {
  logged = (["warn", "error", "info"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
  JWT.settings.secret = "jwt-test-secret";
});
afterEach(() => vi.restoreAllMocks());

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}
interface Scene extends FakeQuestline {
  readonly clock: TestClock;
  post(body: unknown, headers?: Record<string, string>): Promise<Answer>;
}

function scene(options: QuestlineEndpointsOptions = {}): Scene {
  const fake = fakeQuestline();
  const clock = testClock();
  const { handler } = createRouter({ ...endpointsWith(fake.questline, options, clock) });
  return {
    ...fake,
    clock,
    async post(body, headers = {}) {
      const request = new Request("http://127.0.0.1/questline/token", {
        method: "POST",
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      });
      const response = await handler(request);
      return { status: response.status, text: await response.text(), headers: response.headers };
    },
  };
}

test.each([
  ["a token", { metaToken: "token-of-7" }, {}, { id: "7" }],
  ["a token in the header", {}, { "x-meta-token": "token-of-7" }, { id: "7" }],
  ["user id and nonce", { metaUserId: "7", metaNonce: "n-1" }, {}, { id: "7", alias: "Neo" }],
])("%s in, a Colyseus token of that player out", async (_, body, headers, player) => {
  const { status, text, headers: answered } = await scene().post(body, headers);
  const { token, ...rest } = JSON.parse(text) as { token: string };
  expect({ status, ...rest }).toEqual({ status: 200, user: player, expiresIn: 3_600 });
  expect(await readJwt(fakeQuestline().users, token, console)).toEqual(player);
  expect(answered.get("cache-control")).toBe("no-store");
  expect(text).not.toMatch(/token-of-7|n-1/);
});

test.each([
  ["no proof", {}, 401],
  ["an unreadable one", { metaToken: 7 }, 401],
  ["another user's token", { metaToken: "token-of-8", metaUserId: "7" }, 403],
  ["a list", [], 400],
  ["text", '"metaToken"', 400],
  ["what is no JSON", "{metaToken: secret-token}", 400],
  ["nothing at all", "", 400],
  ["a body that is too long", { metaToken: "x".repeat(20_000) }, 413],
])("%s answers with its status and words, and asks for nothing", async (_, body, status) => {
  const { post } = scene();
  const answer = await post(body);
  expect(answer.status).toBe(status);
  expect(JSON.parse(answer.text)).toEqual({ error: expect.stringMatching(/\w+/) });
  expect(answer.text).not.toContain("secret-token");
});

test("another content type is refused", async () => {
  expect((await scene().post({ metaToken: "token-of-7" }, { "content-type": "text/plain" })).status).toBe(415);
});

test("what Meta refuses is refused, without its words, and no log line holds the token", async () => {
  const { post, users } = scene();
  users.verifyToken = () => Promise.reject(new IdentityRefusedError("other-app", "secret words"));
  expect(await post({ metaToken: "tok-secret" })).toMatchObject({ status: 403 });
  users.verifyToken = () => Promise.reject(new Error("tok-secret is broken"));
  const down = await post({ metaToken: "tok-other" });
  expect(down).toMatchObject({ status: 503, text: expect.not.stringContaining("tok-secret") });
  expect(JSON.stringify(logged.flatMap(({ mock }) => mock.calls))).not.toContain("tok-other");
});

test("the game may add claims, keep its own id, and refuse", async () => {
  const added = scene({
    then: async ({ id }) => ({ id: `db-${id}`, level: 3, sessionId: "forged", questline: { id: "9" } }),
  });
  const { token } = JSON.parse((await added.post({ metaToken: "token-of-7" })).text) as { token: string };
  const payload = { id: "db-7", level: 3, questline: { id: "7" }, iat: expect.any(Number), exp: expect.any(Number) };
  expect(await JWT.verify(token)).toEqual({ ...payload, questlineVoucher: expect.any(String) });

  for (const refusal of [false, null]) {
    expect(await scene({ then: () => refusal }).post({ metaToken: "token-of-7" })).toMatchObject({ status: 403 });
  }
  const banned = scene({ then: () => Promise.reject(new ServerError(403, "banned")) });
  expect(await banned.post({ metaToken: "token-of-7" })).toMatchObject({ status: 403, text: '{"error":"banned"}' });
  const buggy = scene({ then: () => Promise.reject(new TypeError("x of undefined")) });
  expect(await buggy.post({ metaToken: "token-of-7" })).toMatchObject({
    status: 503,
    text: expect.not.stringContaining("undefined"),
  });
});

test("more than may come: 429 says when to try again, and Meta is asked nothing", async () => {
  const { post, asked, clock } = scene({ mostPerMinute: 2 });
  const statuses = [];
  for (let n = 0; n < 3; n++) statuses.push(await post({ metaToken: "token-of-7" }));
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
  expect(statuses[2]?.headers.get("retry-after")).toBe("30");
  expect(asked).toHaveLength(2);
  clock.advance(30_000);
  expect((await post({ metaToken: "token-of-7" })).status).toBe(200);
});

test("no secret to sign with: 503, and the log says what to set", async () => {
  (JWT.settings as { secret: unknown }).secret = undefined;
  const { status, text } = await scene().post({ metaToken: "token-of-7" });
  expect(status).toBe(503);
  expect(text).not.toMatch(/secret/i);
  expect(JSON.stringify(logged[0]?.mock.calls)).toMatch(/JWT_SECRET/);
});

test.each([
  [{ prefix: "questline" }, /prefix/],
  [{ prefix: "/a b" }, /prefix/],
  [{ expiresInSeconds: 0 }, /expiresInSeconds/],
  [{ mostPerMinute: 1.5 }, /mostPerMinute/],
  [{ mostAtOnce: "3" as unknown as number }, /mostAtOnce/],
])("options %j are refused by name", (options, message) => {
  expect(() => questlineEndpoints(fakeQuestline().questline, options)).toThrow(message);
});

test.each([
  ["alone", undefined, ""],
  ["after Express's own JSON parser", express.json(), ""],
  ["mounted at a path", undefined, "/api"],
])("in Express, %s: the token is given, and other requests pass by", async (_, before, mount) => {
  const app = express();
  if (before) app.use(before);
  app.use(mount, questlineEndpoints(fakeQuestline().questline));
  app.use((_request, response) => void response.status(418).end());
  await using http = createServer(app as never).listen(0, "127.0.0.1");
  await new Promise((resolve) => http.once("listening", resolve));
  const base = `http://127.0.0.1:${(http.address() as AddressInfo).port}${mount}`;
  const post = (path: string, body: object): Promise<Response> =>
    fetch(base + path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });

  expect(await (await post("/questline/token?x=1", { metaToken: "token-of-7" })).json()).toMatchObject({
    user: { id: "7" },
  });
  expect((await post("/questline/token", { metaToken: "x".repeat(20_000) })).status).toBe(413);
  expect((await post("/elsewhere", {})).status).toBe(418);
  expect((await fetch(`${base}/questline/token`)).status).toBe(418);
});
