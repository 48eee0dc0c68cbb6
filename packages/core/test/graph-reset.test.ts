import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import {
  createServer as createTlsServer,
  getCACertificates,
  setDefaultCACertificates,
  type TLSSocket,
  type TlsOptions,
} from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { selfSigned } from "../../../test/self-signed.ts";
import { failure } from "./failure.ts";
import type { GraphRequest, GraphTransport } from "../src/graph/transport.ts";
import { undiciTransport, type UndiciTransportOptions } from "../src/graph/undici-transport.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { secret } from "../src/secrets/secret.ts";

const certificate = selfSigned("127.0.0.1", "localhost");
const elsewhere = selfSigned("elsewhere.example");
const trusted = getCACertificates();
beforeAll(() => setDefaultCACertificates([certificate.cert, elsewhere.cert]));
afterAll(() => setDefaultCACertificates(trusted));

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

const write: GraphRequest = {
  operation: "achievements.write",
  method: "POST",
  path: "/42/achievements",
  params: { api_name: "WINS", add_count: "1" },
  token: secret("app-token", "OC|1|test-secret"),
  kind: "write",
};

type End = "reset" | "closed";

interface Peer {
  readonly url: string;
  readonly spoken: readonly Socket[];
  /** Resolves once a request has come, with how the TCP connection that brought it ends: `ECONNRESET`, or its other half closed. */
  request(): Promise<{ readonly end: Promise<End> }>;
}

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.push({
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  });
  return (server.address() as AddressInfo).port;
}

/** A server below HTTP. TLS stands behind a relay, since Node's TLS may tell a reset as an end. */
async function peer(scheme: "http" | "https", speak: (socket: Socket) => void, tls: TlsOptions = {}): Promise<Peer> {
  const spoken: Socket[] = [];
  const ends: Promise<End>[] = [];
  const came = Promise.withResolvers<void>();
  const take = (socket: Socket): void => {
    spoken.push(socket);
    socket.on("error", () => {});
    socket.on("data", () => {
      came.resolve();
      speak(socket);
    });
  };
  const behind = await listening(createTlsServer({ ...certificate, allowHalfOpen: true, ...tls }, take));
  const server = createServer({ allowHalfOpen: true }, (raw) => {
    ends.push(
      new Promise((resolve) => {
        raw.on("error", () => resolve("reset")).on("end", () => resolve("closed"));
      }),
    );
    if (scheme === "http") return take(raw);
    const inner = connect({ port: behind, host: "127.0.0.1", allowHalfOpen: true });
    raw.on("data", (bytes) => inner.write(bytes)).on("close", () => inner.destroy());
    inner.on("data", (bytes) => raw.write(bytes)).on("end", () => raw.end());
    inner.on("error", () => raw.destroy());
  });
  return {
    url: `${scheme}://127.0.0.1:${await listening(server)}`,
    spoken,
    request: async () => {
      await came.promise;
      return { end: ends[0] ?? Promise.reject(new Error("no connection")) };
    },
  };
}

function transportTo(baseUrl: string, options: UndiciTransportOptions = {}): GraphTransport {
  const transport = undiciTransport({ baseUrl, ...options });
  open.push({ [Symbol.asyncDispose]: () => transport.close() });
  return transport;
}

const silent = (): void => {};
const says =
  (bytes: string, then: "keeps" | "ends" = "keeps") =>
  (socket: Socket): void => {
    if (then === "ends") socket.end(bytes);
    else socket.write(bytes);
  };

/** A write that is given up by `how`, and how its connection ended for the other side. */
async function givenUp(
  server: Peer,
  how: (sent: {
    readonly transport: GraphTransport;
    readonly abort: AbortController;
    advance(): Promise<void>;
  }) => unknown,
  options: UndiciTransportOptions = {},
): Promise<{ readonly end: string; readonly applied: unknown }> {
  const clock = manualClock();
  const transport = transportTo(server.url, { clock, ...options });
  const abort = new AbortController();
  const sent = failure(transport.send(write, abort.signal));
  const { end } = await server.request();
  await how({ transport, abort, advance: async () => void (await clock.advance(10_000)) });
  const { applied } = await sent;
  return { end: await end, applied };
}

const resetAndUnknown = { end: "reset", applied: "maybe" };

describe.each(["http", "https"] as const)("over %s, an unanswered write ends by a reset", (scheme) => {
  test("when its time is up", async () => {
    expect(await givenUp(await peer(scheme, silent), ({ advance }) => advance())).toEqual(resetAndUnknown);
  });

  test("when its time is up in the middle of an answer", async () => {
    const server = await peer(scheme, says('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"id":'));
    const end = await givenUp(server, async ({ advance }) => {
      await new Promise((resolve) => setImmediate(resolve));
      await advance();
    });
    expect(end).toEqual(resetAndUnknown);
  });

  test("when the caller aborts it", async () => {
    expect(await givenUp(await peer(scheme, silent), ({ abort }) => abort.abort())).toEqual(resetAndUnknown);
  });

  test("when the transport's close cuts it off", async () => {
    const server = await peer(scheme, silent);
    const end = await givenUp(server, async ({ transport, advance }) => {
      const closing = transport.close(500);
      await advance();
      await closing;
    });
    expect(end).toEqual(resetAndUnknown);
  });

  test.each([
    ["too large", "HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n"],
    ["too large, unannounced", `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n800\r\n${"x".repeat(2_048)}\r\n`],
    ["not HTTP", "220 smtp.example ESMTP\r\n"],
    ["too long in its headers", `HTTP/1.1 200 OK\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`],
    ["a 100 that nobody asked for", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["another protocol", "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n"],
  ])("when the answer is %s", async (_what, bytes) => {
    const server = await peer(scheme, says(bytes));
    expect(await givenUp(server, () => {}, { maxAnswerBytes: 1_000 })).toEqual(resetAndUnknown);
  });

  test.each([
    ["says nothing", ""],
    ["is in its headers", "HTTP/1.1 200 OK\r\ncontent-"],
    ["is in its body", 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{"id":'],
    ["is in the body of its last answer", 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 50\r\n\r\n{"id":'],
  ])("when the other side closes its half while it %s", async (_where, bytes) => {
    expect(await givenUp(await peer(scheme, says(bytes, "ends")), () => {})).toEqual(resetAndUnknown);
  });
});

describe.each(["http", "https"] as const)("over %s", (scheme) => {
  test("an idle connection ends by a reset too: nothing of it stays with the kernel", async () => {
    const server = await peer(scheme, says("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"));
    const transport = transportTo(server.url);
    expect((await transport.send(write)).body).toBe("{}");
    await transport.close();
    expect(await (await server.request()).end).toBe("reset");
  });

  test("so does one that the other side wants closed, once it has been answered", async () => {
    const answer = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
    const server = await peer(scheme, says(answer));
    expect((await transportTo(server.url).send(write)).body).toBe("{}");
    expect(await (await server.request()).end).toBe("reset");
  });
});

const ok = says("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
const once200 = says("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}");

describe("a connection over TLS", () => {
  test("offers HTTP/1.1 alone, and the host's name", async () => {
    const server = await peer("https", ok, { ALPNProtocols: ["h2", "http/1.1"] });
    const transport = transportTo(server.url.replace("127.0.0.1", "localhost"));
    expect((await transport.send(write)).status).toBe(200);
    expect(server.spoken[0]).toMatchObject({ alpnProtocol: "http/1.1", servername: "localhost" });
  });

  test("takes up the session of the one before it", async () => {
    const reused: boolean[] = [];
    const server = await peer("https", (socket) => {
      reused.push((socket as TLSSocket).isSessionReused());
      once200(socket);
    });
    const transport = transportTo(server.url, { connections: 1 });
    for (let turn = 0; turn < 3; turn += 1) await transport.send(write);
    expect(reused).toEqual([false, true, true]);
  });

  test("to a host whose certificate is for another name is never applied", async () => {
    const server = await peer("https", ok, elsewhere);
    const error = await failure(transportTo(server.url).send(write));
    expect(error).toMatchObject({ code: "no_answer", applied: "no", retryable: true });
    expect(error.message).toContain("TLS failed");
  });

  test("that is never agreed on is given up in time, unsent", async () => {
    const clock = manualClock();
    const server = createServer();
    const connected = once(server, "connection");
    const url = `https://127.0.0.1:${await listening(server)}`;
    const transport = transportTo(url, { clock, timeoutMs: 500 });
    const sent = failure(transport.send({ ...write, timeoutMs: 60_000 }));
    const [socket] = (await connected) as [Socket];
    const gone = new Promise((resolve) => socket.on("close", resolve).on("error", () => {}));
    socket.resume();
    await clock.advance(500);
    const error = await sent;
    expect(error).toMatchObject({ code: "no_answer", applied: "no", retryable: true });
    expect(error.message).toContain("connecting took too long");
    await gone;
    expect(clock.waiting).toBe(0);
  });
});
