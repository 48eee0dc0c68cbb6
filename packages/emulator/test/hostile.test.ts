import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { ADA_TOKEN, APP_TOKEN, exchangeBytes, get, idOf, type RawExchange, send } from "./graph-client.ts";

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

/** Every answer on a Graph route is either a result or an envelope, with the platform's content type. */
function expectEnvelope({ received }: RawExchange, status: RegExp = /^HTTP\/1.1 4\d\d /): void {
  expect(received).toMatch(status);
  expect(received.toLowerCase()).toContain("content-type: application/json; charset=utf-8");
  const body = JSON.parse(received.slice(received.indexOf("\r\n\r\n") + 4));
  expect(body.error).toMatchObject({ code: expect.any(Number), message: expect.any(String) });
}

const CLOSE = "Host: x\r\nConnection: close\r\n";

describe("malformed HTTP", () => {
  it.each([
    ["no HTTP at all", "hello\r\n\r\n"],
    ["a broken content length", `POST /me HTTP/1.1\r\n${CLOSE}Content-Length: x\r\n\r\n`],
    ["a head that never ends", `GET /me HTTP/1.1\r\nX: ${"a".repeat(70_000)}\r\n\r\n`],
    ["a URL that is too long", `GET /${"a".repeat(70_000)} HTTP/1.1\r\n${CLOSE}\r\n`],
    ["no host", "GET /me HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["an absolute URL", `GET http://elsewhere/me HTTP/1.1\r\n${CLOSE}\r\n`],
    ["two slashes", `GET //me HTTP/1.1\r\n${CLOSE}\r\n`],
    ["broken escapes", `GET /%zz/%?a=%zz&%=& HTTP/1.1\r\n${CLOSE}\r\n`],
    ["an expectation", `POST /me HTTP/1.1\r\n${CLOSE}Expect: miracles\r\n\r\n`],
    ["CONNECT", "CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n"],
    ["an upgrade", "GET /me HTTP/1.1\r\nHost: x\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\r\n"],
    ["a strange method", `PROPFIND /me HTTP/1.1\r\n${CLOSE}\r\n`],
    ["bytes above ASCII", `GET /me?access_token=\u00ff\u00fe HTTP/1.1\r\n${CLOSE}Authorization: Bearer \u00e9\r\n\r\n`],
  ])("answers an envelope for %s", async (_what, bytes) => {
    expectEnvelope(await exchangeBytes(emulator, Buffer.from(bytes, "latin1")));
  });

  it("answers an envelope for a body above 1 MiB", async () => {
    const reply = await send(emulator, "POST", `/${ada}/achievements`, { body: "a".repeat(1_100_000) });
    expect([reply.status, reply.body.error.code]).toEqual([400, 100]);
  });

  it("survives deep JSON and names that objects have by nature", async () => {
    const headers = { "content-type": "application/json" };
    const deep = `{"api_names":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect((await send(emulator, "POST", `/${ada}/achievements`, { headers, body: deep })).body.error.code).toBe(100);
    const proto = '{"__proto__":{"api_name":"WINS_100"},"constructor":1,"add_count":"1"}';
    expect((await send(emulator, "POST", `/${ada}/achievements`, { headers, body: proto })).body.error.code).toBe(100);
    for (const path of ["/__proto__", "/constructor/achievements", `/${ada}?fields=__proto__,toString{a}`]) {
      expect((await get(emulator, path)).body.error.code).toBe(100);
    }
  });

  it("answers nobody when the client leaves in the middle of a body", async () => {
    const { hostname, port } = new URL(emulator.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST /${ada}/achievements HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`, () =>
          socket.resetAndDestroy(),
        );
      });
      socket.on("close", () => resolve());
    });
    expect((await get(emulator, "/me", ADA_TOKEN)).status).toBe(200);
  });
});

describe("any request", { timeout: 30_000 }, () => {
  it("gets a result or an envelope, never a 500", async () => {
    const names = [
      "api_name",
      "api_names",
      "add_count",
      "add_bits",
      "fields",
      "score",
      "user_id",
      "limit",
      "after",
      "method",
    ];
    const words = [
      "WINS_100",
      "EVERY_MAP",
      "HIGH_SCORE",
      "[",
      '["a"]',
      "{",
      "}",
      "a{b}",
      "-1",
      "99999999999999999999",
      "POST",
      "\0",
    ];
    const value = fc.oneof(fc.constantFrom(...words), fc.string({ unit: "binary", maxLength: 20 }));
    const parameters = fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), fc.string({ maxLength: 8 })), value), {
      maxLength: 6,
    });
    const first = fc.oneof(
      fc.constantFrom("me", "1", "application", "leaderboard_entries", "leaderboard_submit_entry"),
      fc.constant(ada),
    );
    const second = fc.constantFrom(
      "",
      "/achievements",
      "/leaderboards",
      "/achievement_definitions",
      "/x",
      "/%00",
      "//",
    );
    const request = fc.record({
      method: fc.constantFrom("GET", "POST", "DELETE", "PUT", "PATCH"),
      path: fc.tuple(first, second).map((parts) => `/${parts.join("")}`),
      query: parameters,
      body: fc.oneof(parameters, fc.string({ unit: "binary" }), fc.json()),
      type: fc.constantFrom(
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "text/plain",
        "",
      ),
      token: fc.constantFrom(APP_TOKEN, ADA_TOKEN, null, "OC||", "x"),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, query, body, type, token }) => {
        const text = typeof body === "string" ? body : new URLSearchParams(body).toString();
        const reply = await send(emulator, method, `${path}?${new URLSearchParams(query).toString()}`, {
          token,
          headers: type === "" ? {} : { "content-type": type },
          ...(method === "GET" ? {} : { body: text }),
        });
        expect([200, 400, 403]).toContain(reply.status);
        expect(reply.headers.get("content-type")).toBe("application/json; charset=UTF-8");
        const shown = reply.status === 200 ? reply.body : reply.body.error.fbtrace_id;
        expect(shown).toEqual(reply.status === 200 ? expect.any(Object) : expect.stringMatching(/^A.{22}$/));
      }),
      { numRuns: 150 },
    );
  });

  it("survives any bytes", async () => {
    const verb = fc.constantFrom("", "GET ", "POST /me HTTP/1.1\r\n", `GET /${ada} HTTP/1.1\r\nConnection: close\r\n`);
    await fc.assert(
      fc.asyncProperty(verb, fc.string({ unit: "binary", maxLength: 200 }), async (start, rest) => {
        const bytes = Buffer.concat([Buffer.from(start + rest, "utf8"), Buffer.from("\r\n\r\n\r\nx\0\r\n\r\n")]);
        const { received } = await exchangeBytes(emulator, bytes);
        expect(received).toMatch(/^HTTP\/1.1 [24]\d\d /);
      }),
      { numRuns: 60 },
    );
    expect((await get(emulator, "/me", ADA_TOKEN)).status).toBe(200);
  });
});
