import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo, Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { failure } from "./failure.ts";
import { json, rawServer, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import type { GraphRequest, GraphTransport } from "../src/graph/transport.ts";
import { undiciTransport, type UndiciTransportOptions } from "../src/graph/undici-transport.ts";
import { secret } from "../src/secrets/secret.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

const token = secret("app-token", "OC|1|test-secret");
const write: GraphRequest = {
  operation: "achievements.write",
  method: "POST",
  path: "/42/achievements",
  params: { api_name: "WINS", add_count: "1" },
  token,
  kind: "write",
};
const read: GraphRequest = {
  ...write,
  operation: "achievements.read",
  method: "GET",
  params: { fields: "id" },
  kind: "read",
};

function transportTo(baseUrl: string, options: UndiciTransportOptions = {}): GraphTransport {
  const transport = undiciTransport({ baseUrl, ...options });
  open.push({ [Symbol.asyncDispose]: () => transport.close() });
  return transport;
}

async function server(...args: Parameters<typeof scriptedServer>): Promise<ScriptedServer> {
  const started = await scriptedServer(...args);
  open.push(started);
  return started;
}

async function raw(speak: (socket: Socket) => void): Promise<string> {
  const started = await rawServer(speak);
  open.push(started);
  return started.url;
}

/** Speaks once a whole request with a body has come. */
const afterRequest = (speak: (socket: Socket) => void) => (socket: Socket) => {
  socket.once("data", () => speak(socket));
};

test("a read puts its parameters into the query, a path of the base URL goes in front", async () => {
  const platform = await server(json({ ok: true }));
  const response = await transportTo(`${platform.url}/v1.20/`).send(read);

  expect(response.status).toBe(200);
  expect(response.headers["content-type"]).toBe("application/json; charset=UTF-8");
  expect(response.body).toBe('{"ok":true}');
  expect(platform.seen[0]).toMatchObject({ method: "GET", path: "/v1.20/42/achievements" });
  expect(platform.seen[0]?.query.get("fields")).toBe("id");
  expect(platform.seen[0]?.headers.authorization).toBe("Bearer OC|1|test-secret");
});

test("sockets are kept and used again, one request on each at a time", async () => {
  let underWay = 0;
  let most = 0;
  const platform = await server((request, response, index) => {
    underWay += 1;
    most = Math.max(most, underWay);
    setImmediate(() => {
      underWay -= 1;
      json({ ok: true })(request, response, index);
    });
  });
  const transport = transportTo(platform.url, { connections: 3 });
  await Promise.all(Array.from({ length: 30 }, () => transport.send(write)));

  expect(platform.seen).toHaveLength(30);
  expect(platform.connections).toBeLessThanOrEqual(3);
  expect(most).toBeLessThanOrEqual(3);
});

test("redirects are answers, not orders", async () => {
  const platform = await server(json("", 302, { location: "http://127.0.0.1:1/elsewhere" }));
  const response = await transportTo(platform.url).send(write);

  expect(response.status).toBe(302);
  expect(platform.seen).toHaveLength(1);
});

test("a host that does not exist, and a port nobody listens on, are never applied", async () => {
  const closed = await server();
  await closed[Symbol.asyncDispose]();

  for (const url of ["https://questline.invalid", closed.url]) {
    const error = await failure(transportTo(url).send(write));
    expect(error).toMatchObject({
      name: "NoAnswerError",
      code: "no_answer",
      applied: "no",
      transient: true,
      retryable: true,
    });
    expect(error.message).toMatch(/achievements\.write got no answer: the (host name|connection)/);
  }
});

test("TLS against a server that speaks plain HTTP fails before anything is handed over", async () => {
  const platform = await server(json({ ok: true }));
  const error = await failure(transportTo(platform.url.replace("http:", "https:")).send(write));

  expect(error).toMatchObject({ code: "no_answer", applied: "no" });
  expect(error.message).toMatch(/TLS failed/);
  expect(platform.seen).toHaveLength(0);
});

test("a TLS server without a certificate is not trusted with anything", async () => {
  const tls = createTlsServer({}, () => {});
  await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
  open.push({ [Symbol.asyncDispose]: () => new Promise((resolve) => void tls.close(() => resolve())) });
  const error = await failure(transportTo(`https://127.0.0.1:${(tls.address() as AddressInfo).port}`).send(write));

  expect(error).toMatchObject({ code: "no_answer", applied: "no" });
});

test("a connection that is closed after the request came leaves a write in doubt, and a read not", async () => {
  const url = await raw(afterRequest((socket) => socket.resetAndDestroy()));

  expect(await failure(transportTo(url).send(write))).toMatchObject({
    code: "no_answer",
    applied: "maybe",
    retryable: false,
  });
  expect(await failure(transportTo(url).send(read))).toMatchObject({
    code: "no_answer",
    applied: "no",
    retryable: true,
  });
});

test("nothing is sent again by itself after a reset", async () => {
  let requests = 0;
  const url = await raw(
    afterRequest((socket) => {
      requests += 1;
      socket.destroy();
    }),
  );
  await failure(transportTo(url).send(write));

  expect(requests).toBe(1);
});

test("a socket that died while it was idle costs the next request nothing", async () => {
  const platform = await server((request, response, index) => {
    json({ ok: true })(request, response, index);
    response.on("finish", () => response.socket?.destroy());
  });
  const transport = transportTo(platform.url, { connections: 1 });
  await transport.send(write);
  await transport.send(write);

  expect(platform.seen).toHaveLength(2);
});

test.each([
  ["cut off within the body", 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"id":', "unreadable_answer", 200],
  [
    "cut off within a chunk",
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"id":',
    "unreadable_answer",
    200,
  ],
  ["cut off within the headers", "HTTP/1.1 200 OK\r\ncontent-", "no_answer", undefined],
  ["not HTTP", "220 smtp.example ESMTP\r\n", "no_answer", undefined],
])("an answer %s leaves a write in doubt", async (_what, bytes, code, status) => {
  const url = await raw(afterRequest((socket) => socket.end(bytes)));
  const error = await failure(transportTo(url).send(write));

  expect(error).toMatchObject({ code, applied: "maybe", transient: true, retryable: false });
  expect(error.status).toBe(status);
});

test("a 429 that is cut off is still a 429: not applied", async () => {
  const url = await raw(afterRequest((socket) => socket.end("HTTP/1.1 429 Slow\r\ncontent-length: 50\r\n\r\n{")));

  expect(await failure(transportTo(url).send(write))).toMatchObject({
    code: "unreadable_answer",
    applied: "no",
    status: 429,
  });
});

test.each([
  ["announced", { "content-length": "2000" }],
  ["not announced", {}],
])("an answer above the limit is given up, its size %s", async (_how, headers) => {
  const platform = await server((_request, response) => {
    response.writeHead(200, headers);
    response.end("x".repeat(2_000));
  });
  const error = await failure(transportTo(platform.url, { maxAnswerBytes: 1_000 }).send(write));

  expect(error).toMatchObject({ code: "unreadable_answer", applied: "maybe" });
  expect(error.message).toContain("larger than 1000 bytes");
});

test("letters split over two packets stay whole", async () => {
  const body = Buffer.from('{"alias":"żółw"}');
  const head = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n`;
  const url = await raw(
    afterRequest((socket) => {
      socket.setNoDelay(true);
      socket.write(Buffer.concat([Buffer.from(head), body.subarray(0, 11)]), () =>
        setImmediate(() => socket.write(body.subarray(11))),
      );
    }),
  );

  expect((await transportTo(url).send(read)).body).toBe('{"alias":"żółw"}');
});

test.each([
  { connections: 0 },
  { readConnections: 1.5 },
  { timeoutMs: Number.NaN },
  { maxAnswerBytes: -1 },
  { baseUrl: "nowhere" },
])("%o is refused", (options) => {
  expect(() => undiciTransport(options)).toThrow(expect.objectContaining({ code: "bad_input" }));
});
