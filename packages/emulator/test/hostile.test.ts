import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEmulator, type Emulator } from "../src/index.ts";
import { ADA_TOKEN, exchangeBytes, get, idOf, type RawExchange, send } from "./graph-client.ts";

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

const CLOSE = "Host: localhost\r\nConnection: close\r\n";

describe("malformed HTTP", () => {
  it.each([
    ["no HTTP at all", "hello\r\n\r\n"],
    ["a broken content length", `POST /me HTTP/1.1\r\n${CLOSE}Content-Length: x\r\n\r\n`],
    ["a head that never ends", `GET /me HTTP/1.1\r\nX: ${"a".repeat(70_000)}\r\n\r\n`],
    ["a URL that is too long", `GET /${"a".repeat(70_000)} HTTP/1.1\r\n${CLOSE}\r\n`],
    ["an absolute URL", `GET http://elsewhere/me HTTP/1.1\r\n${CLOSE}\r\n`],
    ["two slashes", `GET //me HTTP/1.1\r\n${CLOSE}\r\n`],
    ["broken escapes", `GET /%zz/%?a=%zz&%=& HTTP/1.1\r\n${CLOSE}\r\n`],
    ["an expectation", `POST /me HTTP/1.1\r\n${CLOSE}Expect: miracles\r\n\r\n`],
    ["CONNECT", "CONNECT example.test:443 HTTP/1.1\r\nHost: example.test\r\n\r\n"],
    ["an upgrade", "GET /me HTTP/1.1\r\nHost: localhost\r\nConnection: close, upgrade\r\nUpgrade: websocket\r\n\r\n"],
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

  it("keeps a request with very many parameters out of memory and log", async () => {
    const body = Array.from({ length: 100_000 }, (_, n) => `p${n}=1`).join("&");
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    expect((await send(emulator, "POST", `/${ada}/achievements`, { headers, body })).body.error.code).toBe(100);
    expect(Object.keys(emulator.requests.list().at(-1)?.params ?? {})).toHaveLength(64);
  });

  it("refuses a control body above 16 MiB, and goes on", async () => {
    const body = JSON.stringify({ apps: "x".repeat(17_000_000) });
    const headers = { "content-type": "application/json" };
    const { status, error } = await send(emulator, "POST", "/__emulator/reset", { token: null, headers, body }).then(
      (reply) => ({ status: reply.status, error: reply.body.error }),
      () => ({ status: 0, error: undefined }),
    );
    // The connection may be cut before all of the body was taken.
    expect([0, 400]).toContain(status);
    if (error !== undefined) expect(error.path).toBe("body");
    expect((await get(emulator, "/me", ADA_TOKEN)).status).toBe(200);
  });

  it("answers nobody when the client leaves in the middle of a body", async () => {
    const { hostname, port } = new URL(emulator.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(`POST /${ada}/achievements HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc`, () =>
          socket.resetAndDestroy(),
        );
      });
      socket.on("close", () => resolve());
    });
    expect((await get(emulator, "/me", ADA_TOKEN)).status).toBe(200);
  });
});

describe("slow requests", () => {
  it.each([
    ["a head", "POST /me HTTP/1.1\r\nHost: localhost\r\nX-Slow"],
    ["a body", `POST /me HTTP/1.1\r\n${CLOSE}Content-Length: 100\r\n\r\nabc`],
    [
      "a control body",
      `POST /__emulator/reset HTTP/1.1\r\n${CLOSE}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    ],
  ])("lose their connection when %s does not end", async (_what, bytes) => {
    await using slow = await createEmulator({ requestTimeoutMs: 100 });
    const { received } = await exchangeBytes(slow, bytes);
    if (received !== "") expect(received).toMatch(/^HTTP\/1.1 4\d\d /);
    expect((await get(slow, "/me", ADA_TOKEN)).status).toBe(200);
  });
});
