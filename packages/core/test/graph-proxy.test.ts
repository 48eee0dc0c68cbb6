import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { Agent } from "undici";
import { selfSigned } from "../../../test/self-signed.ts";
import { failure } from "./failure.ts";
import { proxyOf } from "../src/graph/proxy.ts";
import type { GraphRequest } from "../src/graph/transport.ts";
import { undiciTransport, type UndiciTransportOptions } from "../src/graph/undici-transport.ts";
import { secret } from "../src/secrets/secret.ts";

const certificate = selfSigned("127.0.0.1");
const trusted = getCACertificates();
beforeAll(() => setDefaultCACertificates([certificate.cert]));
afterAll(() => setDefaultCACertificates(trusted));

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

/** A platform that counts what it is sent. */
async function platform(scheme: "http" | "https"): Promise<{ url: string; sent: string[] }> {
  const sent: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    sent.push(request.url ?? "");
    response.setHeader("content-type", "application/json").end('{"id":"42"}');
  };
  const server = scheme === "http" ? createHttpServer(answer) : createHttpsServer(certificate, answer);
  return { url: `${scheme}://127.0.0.1:${await listening(server)}`, sent };
}

/** A proxy that tells what it was asked; `refuse` with a status. */
async function proxy(refuse?: string): Promise<{ at: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (head) => {
      const lines = head.toString().split("\r\n");
      asked.push(lines.filter((line) => /^CONNECT|^Proxy-Authorization/.test(line)).join(" | "));
      if (refuse !== undefined) return void socket.end(`HTTP/1.1 ${refuse}\r\n\r\n`);
      const [, host = "", port = ""] = /CONNECT (.+):(\d+) /.exec(lines[0] ?? "") ?? [];
      const onward = connect(Number(port), host, () => {
        socket.write("HTTP/1.1 200 Connection established\r\nVia: a test\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      onward.on("error", () => socket.destroy());
    });
  });
  return { at: `127.0.0.1:${await listening(server)}`, asked };
}

const read: GraphRequest = {
  operation: "users.get",
  method: "GET",
  path: "/42",
  params: {},
  token: secret("app-token", "OC|1|test-secret"),
  kind: "read",
};

const through = (options: UndiciTransportOptions) => {
  const transport = undiciTransport(options);
  open.push(() => transport.close());
  return transport;
};

test.each(["http", "https"] as const)("%s requests go through a tunnel of the proxy's", async (scheme) => {
  const [{ url, sent }, { at, asked }] = [await platform(scheme), await proxy()];
  const transport = through({ baseUrl: url, proxy: `http://me:p%40ss@${at}` });
  expect(await transport.send(read)).toMatchObject({ status: 200, body: '{"id":"42"}' });
  await transport.send(read);
  expect(sent).toEqual(["/42", "/42"]);
  const { host } = new URL(url);
  const basic = Buffer.from("me:p@ss").toString("base64");
  expect(asked.length).toBeGreaterThan(0);
  expect(new Set(asked)).toEqual(new Set([`CONNECT ${host} HTTP/1.1 | Proxy-Authorization: Basic ${basic}`]));
});

test("a proxy that refuses, or speaks something else: certainly not applied, in words, without its password", async () => {
  const { url, sent } = await platform("https");
  for (const [answer, words] of [
    ["407 Proxy Authentication Required", /proxy refused a connection to 127.0.0.1:\d+: HTTP 407/],
    ["nonsense", /proxy's answer is not HTTP/],
  ] as const) {
    const { at } = await proxy(answer);
    const transport = through({ baseUrl: url, proxy: `http://me:test-secret@${at}` });
    const error = await failure(transport.send({ ...read, kind: "write", method: "POST" }));
    expect(error).toMatchObject({ code: "no_answer", applied: "no" });
    expect(`${String(error)} ${String(error.cause)}`).toMatch(words);
    expect(`${String(error)} ${String(error.cause)}`).not.toContain("test-secret");
  }
  expect(sent).toEqual([]);
});

test.each(["proxy.example:3128", "https://proxy.example", "socks5://me:test-secret@proxy.example"])(
  "the proxy %s is refused, and not shown",
  (proxy) => {
    const make = (): unknown => undiciTransport({ proxy });
    expect(make).toThrow(
      expect.objectContaining({ code: "bad_input", message: expect.not.stringContaining("test-secret") }),
    );
  },
);

test("a dispatcher of the caller's carries every request, and stays open", async () => {
  const { url, sent } = await platform("http");
  const dispatcher = new Agent();
  open.push(() => dispatcher.close());
  const transport = undiciTransport({ baseUrl: url, dispatcher });
  expect(await transport.send(read)).toMatchObject({ status: 200 });
  await transport.close();
  expect(dispatcher.closed).toBe(false);
  expect(sent).toEqual(["/42"]);
});

test.each([
  ["https://graph.oculus.com", { HTTPS_PROXY: "http://p:1" }, undefined],
  ["https://graph.oculus.com", { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://p:1" }, "http://p:1"],
  [
    "https://graph.oculus.com",
    { NODE_USE_ENV_PROXY: "1", https_proxy: "http://p:2", HTTPS_PROXY: "http://p:1" },
    "http://p:2",
  ],
  ["https://graph.oculus.com", { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://p:1" }, undefined],
  ["http://graph.example:8080", { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://p:1" }, "http://p:1"],
  ["http://10.0.0.1:8080", { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://p:1", NO_PROXY: "10.0.0.1" }, undefined],
  [
    "http://10.0.0.1:8080",
    { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://p:1", NO_PROXY: "10.0.0.1:80" },
    "http://p:1",
  ],
  [
    "https://graph.oculus.com",
    { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://p:1", NO_PROXY: "a, .oculus.com" },
    undefined,
  ],
  [
    "https://graph.oculus.com",
    { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://p:1", no_proxy: "culus.com" },
    "http://p:1",
  ],
  ["https://graph.oculus.com", { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
])("%s with %j goes by %s", (url, environment, expected) => {
  expect(proxyOf(new URL(url), environment)).toBe(expected);
});

test.each([
  ["http://localhost:8080", "http://10.0.0.9:3128"],
  ["http://127.0.0.1:8080", "http://proxy.example:3128"],
  ["http://graph.example", "http://127.0.0.1:3128"],
])("the app secret does not go unencrypted through a proxy elsewhere: %s by %s", (baseUrl, proxy) => {
  expect(() => undiciTransport({ baseUrl, proxy })).toThrow(expect.objectContaining({ code: "bad_input" }));
  expect(() => void undiciTransport({ baseUrl, proxy, allowInsecureBaseUrl: true }).close()).not.toThrow();
});

test.each(["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"])(
  "the environment's proxy is not for this machine: %s",
  (url) => {
    expect(proxyOf(new URL(url), { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: "http://p:1" })).toBeUndefined();
  },
);

test.each(["2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:443", "*"])("%s excepts an IPv6 address", (list) => {
  const environment = { NODE_USE_ENV_PROXY: "1", HTTPS_PROXY: "http://p:1", NO_PROXY: list };
  expect(proxyOf(new URL("https://[2001:db8::1]"), environment)).toBeUndefined();
  expect(proxyOf(new URL("https://[2001:db8::2]"), environment)).toBe(list === "*" ? undefined : "http://p:1");
});
