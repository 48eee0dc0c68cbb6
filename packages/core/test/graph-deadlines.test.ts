import { afterEach, expect, test } from "vitest";
import { failure } from "./failure.ts";
import { holding, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import type { GraphRequest, GraphTransport } from "../src/graph/transport.ts";
import { undiciTransport, type UndiciTransportOptions } from "../src/graph/undici-transport.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { secret } from "../src/secrets/secret.ts";

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

test("the time limit covers waiting for an answer and waiting for a socket", async () => {
  const clock = manualClock();
  const hold = holding();
  const platform = await server(hold.answer);
  const transport = transportTo(platform.url, { connections: 1, clock });
  const first = failure(transport.send(write));
  const second = failure(transport.send({ ...write, timeoutMs: 3_000 }));
  await hold.arrived(1);

  await clock.advance(3_000);
  expect(await second).toMatchObject({ code: "no_answer", applied: "no", retryable: true });
  expect((await second).message).toContain("no socket was ready within 3000 ms");
  await clock.advance(7_000);
  expect(await first).toMatchObject({ code: "no_answer", applied: "maybe", retryable: false });
  expect((await first).message).toContain("no whole answer within 10000 ms");
  expect(platform.seen).toHaveLength(1);
  expect(clock.waiting).toBe(0);
});

test("the time limit covers a body that never ends", async () => {
  const clock = manualClock();
  const begun: (() => void)[] = [];
  const started = new Promise<void>((resolve) => begun.push(resolve));
  const platform = await server((_request, response) => {
    response.writeHead(200);
    response.write("{", () => begun[0]?.());
  });
  const sent = failure(transportTo(platform.url, { clock }).send(write));
  await started;
  await clock.advance(10_000);

  expect(await sent).toMatchObject({ code: "no_answer", applied: "maybe" });
});

test("past its last moment a request leaves no byte, and its socket serves the next one", async () => {
  const clock = manualClock();
  const hold = holding();
  const platform = await server(hold.answer);
  const transport = transportTo(platform.url, { connections: 1, clock });
  const first = transport.send(write);
  const late = failure(transport.send({ ...write, path: "/43/achievements", notAfter: 50 }));
  const next = transport.send({ ...write, path: "/44/achievements", notAfter: 61 });
  await hold.arrived(1);
  await clock.advance(60);
  hold.release();

  expect(await late).toMatchObject({ name: "AbortedError", code: "aborted", applied: "no", retryable: true });
  await first;
  await hold.arrived(1);
  hold.release();
  await next;
  expect(platform.seen.map((request) => request.path)).toEqual(["/42/achievements", "/44/achievements"]);
  expect(platform.connections).toBe(1);
});

test("a wall clock that moved further than the monotonic one counts for the last moment", async () => {
  const clock = manualClock();
  let asleepMs = 0;
  const hold = holding();
  const platform = await server(hold.answer);
  const transport = transportTo(platform.url, {
    connections: 1,
    clock: { ...clock, now: () => clock.now() + asleepMs },
  });
  const first = transport.send(write);
  const late = failure(transport.send({ ...write, notAfter: 50 }));
  await hold.arrived(1);
  asleepMs = 60_000;
  hold.release();

  expect(await late).toMatchObject({ code: "aborted", applied: "no" });
  await first;
  expect(platform.seen).toHaveLength(1);
});

test("the caller can abort before, while it waits, and after bytes left", async () => {
  const hold = holding();
  const platform = await server(hold.answer);
  const transport = transportTo(platform.url, { connections: 1 });
  const [sentOne, queuedOne] = [new AbortController(), new AbortController()];

  expect(await failure(transport.send(write, AbortSignal.abort()))).toMatchObject({ code: "aborted", applied: "no" });
  const sent = failure(transport.send(write, sentOne.signal));
  const queued = failure(transport.send(write, queuedOne.signal));
  await hold.arrived(1);
  queuedOne.abort();
  sentOne.abort();

  expect(await queued).toMatchObject({ code: "aborted", applied: "no", retryable: false });
  expect(await sent).toMatchObject({ code: "aborted", applied: "maybe", retryable: false });
  expect(platform.seen).toHaveLength(1);
});

test("what has no time left is not sent", async () => {
  const platform = await server();
  const transport = transportTo(platform.url, { clock: manualClock() });

  expect(await failure(transport.send({ ...write, timeoutMs: 0 }))).toMatchObject({ code: "no_answer", applied: "no" });
  expect(await failure(transport.send({ ...write, notAfter: -1 }))).toMatchObject({ code: "aborted", applied: "no" });
  expect(platform.seen).toHaveLength(0);
});

test("close lets what is under way end, takes nothing more and leaves no socket", async () => {
  const hold = holding();
  const platform = await server(hold.answer);
  const transport = transportTo(platform.url);
  const sent = transport.send(write);
  await hold.arrived(1);
  const closing = transport.close();

  expect(await failure(transport.send(write))).toMatchObject({ name: "ClosedError", code: "closed", applied: "no" });
  hold.release();
  expect((await sent).status).toBe(200);
  await closing;
  await transport.close();
  expect(platform.seen).toHaveLength(1);
});

test("close cuts off what outlasts its grace", async () => {
  const clock = manualClock();
  const hold = holding();
  const platform = await server(hold.answer);
  const transport = transportTo(platform.url, { connections: 1, clock });
  const [sent, queued] = [failure(transport.send(write)), failure(transport.send(write))];
  await hold.arrived(1);
  const closing = transport.close(500);
  await clock.advance(500);

  expect(await sent).toMatchObject({ code: "closed", applied: "maybe" });
  expect(await queued).toMatchObject({ code: "closed", applied: "no" });
  await closing;
  expect(clock.waiting).toBe(0);
});
