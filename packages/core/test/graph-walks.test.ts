import { afterEach, beforeEach, expect, test } from "vitest";
import { holding, json, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import { createGraphClient } from "../src/graph/graph-client.ts";
import type { ListOptions } from "../src/graph/pages.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";
import { systemClock } from "../src/runtime/clock.ts";
import { manualClock } from "../src/runtime/manual-clock.ts";

const app = { id: "1", secret: "test-secret" };
let server: ScriptedServer;

beforeEach(async () => {
  server = await scriptedServer();
});
afterEach(() => server[Symbol.asyncDispose]());

/** A platform that never stops giving new pages, two rows each. */
function endless(onPage: () => unknown = () => {}): void {
  server.answer((request, response, index) => {
    onPage();
    const rows = [1, 2].map((row) => ({ id: String(index * 2 + row), score: 1 }));
    const next = `${server.url}/leaderboard_entries?after=c${index}`;
    json({ data: rows, paging: { cursors: { after: `c${index}` }, next } })(request, response, index);
  });
}

async function walked(
  client: ReturnType<typeof createGraphClient>,
  options: ListOptions,
): Promise<{ readonly rows: number; readonly error: unknown }> {
  let rows = 0;
  try {
    for await (const _ of client.leaderboards.entries({ apiName: "BEST" }, options)) rows += 1;
    return { rows, error: undefined };
  } catch (error) {
    return { rows, error };
  }
}

test("a walk ends at its bound of rows, and says which option raises it", async () => {
  endless();
  await using client = createGraphClient({ app, baseUrl: server.url });
  expect(await walked(client, { maxRows: 5 })).toEqual({
    rows: 5,
    error: expect.objectContaining({
      code: "unreadable_answer",
      message: expect.stringMatching(/more than 5 rows; raise maxRows/),
    }),
  });
  server.answer(json({ data: [{ id: "1", score: 1 }] }));
  expect(await walked(client, { maxRows: 1 })).toEqual({ rows: 1, error: undefined });
});

test("a walk ends at its bound of time, in which only the platform's own counts", async () => {
  let now = 0;
  const clock = { ...systemClock, monotonic: () => now };
  endless(() => (now += 1_000));
  const transport = undiciTransport({ baseUrl: server.url });
  await using client = createGraphClient({ app, transport, clock });
  const { rows, error } = await walked(client, { maxWaitMs: 3_000 });
  expect(rows).toBe(6);
  expect(error).toMatchObject({ code: "no_answer", message: /3000 ms in all; raise maxWaitMs/ });

  const few = client.leaderboards.entries({ apiName: "BEST" }, { maxWaitMs: 3_000, maxRows: 4 });
  let seen = 0;
  await expect(async () => {
    for await (const _ of few) {
      seen += 1;
      now += 60_000;
    }
  }).rejects.toThrow(/maxRows/);
  expect(seen).toBe(4);
});

test.each([{ maxRows: 0 }, { maxRows: 1.5 }, { maxWaitMs: Number.NaN }])("bounds %j are refused", async (options) => {
  await using client = createGraphClient({ app, baseUrl: server.url });
  expect(await walked(client, options)).toMatchObject({ rows: 0, error: { code: "bad_input" } });
  expect(server.seen).toEqual([]);
});

test("a page that takes too long is asked for again with fewer rows", async () => {
  const { answer } = holding();
  const clock = manualClock();
  const limits: (string | null)[] = [];
  server.answer((request, response, index) => {
    const limit = request.query.get("limit");
    limits.push(limit);
    if (Number(limit) > 25) {
      answer(request, response, index);
      return void clock.advance(10_000);
    }
    return json({ data: [{ id: "1", score: 1 }] })(request, response, index);
  });
  const transport = undiciTransport({ baseUrl: server.url, timeoutMs: 10_000, clock });
  await using client = createGraphClient({ app, transport });
  const found: string[] = [];
  for await (const { id } of client.leaderboards.entries({ apiName: "BEST", limit: 100 })) found.push(id);
  expect([found, limits]).toEqual([["1"], ["100", "50", "25"]]);
});

test("a platform that cannot be reached is not asked for smaller pages", async () => {
  let asked = 0;
  const transport = undiciTransport({ baseUrl: "http://127.0.0.1:1" });
  const counted = {
    ...transport,
    baseUrl: transport.baseUrl,
    send: (...given: Parameters<typeof transport.send>) => {
      asked += 1;
      return transport.send(...given);
    },
    close: () => transport.close(),
  };
  await using client = createGraphClient({ app, transport: counted });
  const entries = client.leaderboards.entries({ apiName: "BEST", limit: 100 });
  await expect(entries[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: "no_answer" });
  expect(asked).toBe(1);
});

test("the base URL is given once: to the client, or to its transport", async () => {
  const next = `${server.url}/leaderboard_entries?after=c1`;
  const pages: Record<string, object> = {
    "": { data: [{ id: "1", score: 1 }], paging: { cursors: { after: "c1" }, next } },
    c1: { data: [{ id: "2", score: 1 }] },
  };
  server.answer((request, response, index) => json(pages[request.query.get("after") ?? ""])(request, response, index));
  for (const options of [
    { baseUrl: server.url },
    { transport: undiciTransport({ baseUrl: server.url }) },
    { transport: undiciTransport({ baseUrl: server.url }), baseUrl: `${server.url}/` },
  ]) {
    await using client = createGraphClient({ app, ...options });
    expect(await walked(client, {})).toEqual({ rows: 2, error: undefined });
  }
});

test("a base URL that is not the transport's is refused", () => {
  const transport = undiciTransport({ baseUrl: server.url });
  expect(() => createGraphClient({ app, transport, baseUrl: "https://graph.oculus.com" })).toThrow(
    expect.objectContaining({ code: "bad_input", message: expect.stringMatching(/give baseUrl once/) }),
  );
});
