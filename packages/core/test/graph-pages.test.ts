import { afterEach, beforeEach, expect, test } from "vitest";
import { json, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import { createGraphClient, type GraphClient } from "../src/graph/graph-client.ts";
import type { EntryQuery, LeaderboardEntry } from "../src/graph/leaderboard-entries.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";

let server: ScriptedServer;
let client: GraphClient;

beforeEach(async () => {
  server = await scriptedServer();
  const transport = undiciTransport({ baseUrl: server.url });
  client = createGraphClient({ app: { id: "1", secret: "test-secret" }, transport, baseUrl: server.url });
});
afterEach(async () => {
  await client.close();
  await server[Symbol.asyncDispose]();
});

const row = (id: number): object => ({
  id: String(id),
  user: { id: String(id), alias: `p${id}` },
  rank: id,
  score: id,
});
const link = (after: string): string =>
  `${server.url}/leaderboard_entries?access_token=OC%7C1%7Ctest-secret&limit=2&after=${after}`;

/** Gives these pages by the cursor that is asked for: "" is the first. */
function pages(byCursor: Record<string, object>): void {
  server.answer((request, response, index) =>
    json(byCursor[request.query.get("after") ?? ""])(request, response, index),
  );
}

async function ids(query: EntryQuery): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of client.leaderboards.entries(query)) found.push(entry.id);
  return found;
}

test("entries of all pages come in order, each once, also where a page is empty or repeats a row", async () => {
  pages({
    "": { data: [row(1), row(2)], paging: { cursors: { before: "b", after: "c1" }, next: link("c1") } },
    c1: { data: [], paging: { cursors: { after: "c2" }, next: link("c2") } },
    c2: { data: [row(2), row(3)], paging: { cursors: { after: "c3" }, previous: link("x") } },
  });

  expect(await ids({ apiName: "BEST", limit: 2 })).toEqual(["1", "2", "3"]);
  expect(server.seen.map((request) => request.query.get("after"))).toEqual([null, "c1", "c2"]);
  expect(server.seen.every((request) => request.query.get("limit") === "2")).toBe(true);
  expect(server.seen.every((request) => request.query.get("access_token") === null)).toBe(true);
});

test("an entry is read exactly", async () => {
  server.answer(
    json(
      '{"data":[{"id":7400000000000000123,"user":{"id":"10149999707612630","alias":"a","display_name":"A","profile_url":"https://p"},' +
        '"rank":25,"score":-9223372036854775808,"timestamp":1900000000,"extra_data_base64":"aGVsbG8="}],"summary":{"total_count":45}}',
    ),
  );
  const list = client.leaderboards.entries({ apiName: "BEST", summary: true, startAt: { offset: 24 } });
  expect([list.totalCount, server.seen.length]).toEqual([undefined, 0]);
  const found: LeaderboardEntry[] = [];
  for await (const entry of list) found.push(entry);

  expect(found).toEqual([
    {
      id: "7400000000000000123",
      userId: "10149999707612630",
      alias: "a",
      displayName: "A",
      profileUrl: "https://p",
      rank: 25,
      score: -(2n ** 63n),
      at: expect.objectContaining({}),
      extraData: new TextEncoder().encode("hello"),
    },
  ]);
  expect(found[0]?.at?.getTime()).toBe(1_900_000_000_000);
  expect(list.totalCount).toBe(45);
  expect(Object.fromEntries(server.seen[0]?.query ?? [])).toMatchObject({
    api_name: "BEST",
    summary: "true",
    start_at: "OFFSET",
    offset: "24",
  });
});

test("no page is read that nobody asked for", async () => {
  pages({ "": { data: [row(1), row(2)], paging: { cursors: { after: "c1" }, next: link("c1") } } });
  for await (const entry of client.leaderboards.entries({ apiName: "BEST" })) if (entry.id === "1") break;

  expect(server.seen).toHaveLength(1);
});

test("viewer and friends carry that player's token", async () => {
  pages({ "": { data: [] } });
  await ids({ apiName: "BEST", filter: "friends", startAt: "viewer-or-top", userToken: "OCAplayer" });
  await ids({ apiName: "BEST", userIds: ["1", "2"] });

  expect(server.seen.map((request) => request.headers.authorization)).toEqual([
    "Bearer OCAplayer",
    "Bearer OC|1|test-secret",
  ]);
  expect(server.seen.map((request) => request.query.get("filter"))).toEqual(["FRIENDS", "USER_IDS"]);
  expect(server.seen[0]?.query.get("start_at")).toBe("VIEWER_OR_TOP");
  expect(server.seen[1]?.query.get("user_ids")).toBe('["1","2"]');
});

test.each([
  { apiName: "BEST", startAt: "viewer" },
  { apiName: "BEST", filter: "friends" },
  { apiName: "BEST", startAt: "constructor" },
  { apiName: "BEST", startAt: { offset: -1 } },
  { apiName: "BEST", limit: 0 },
  { apiName: "BEST", userIds: [42] },
  { apiName: "" },
])("query %j is refused at once", (query) => {
  expect(() => client.leaderboards.entries(query as unknown as EntryQuery)).toThrow(
    expect.objectContaining({ code: "bad_input" }),
  );
});

test.each([
  [
    "another host",
    "https://evil.example/leaderboard_entries?access_token=OC%7C1%7Ctest-secret&after=c1",
    /another host \(evil\.example\)/,
  ],
  ["a host that only looks alike", "https://graph.oculus.com.evil.example/?after=c1", /another host/],
  ["a host behind a user name", "https://graph.oculus.com@evil.example/?after=c1", /another host/],
  ["no URL", "//evil.example/?access_token=OC|1|test-secret", /not a URL/],
  ["no http address", "javascript:alert(1)", /another host/],
])("a link to %s is refused, and not shown", async (_what, next, words) => {
  pages({ "": { data: [row(1)], paging: { cursors: { after: "c1" }, next } }, c1: { data: [row(2)] } });
  const error: unknown = await ids({ apiName: "BEST" }).catch((reason: unknown) => reason);

  expect(error).toMatchObject({ code: "unreadable_answer", message: expect.stringMatching(words) });
  expect(String(error)).not.toContain("test-secret");
  expect(server.seen).toHaveLength(1);
});

test("a cursor that comes again ends the walk", async () => {
  pages({
    "": { data: [row(1)], paging: { cursors: { after: "c1" }, next: link("c1") } },
    c1: { data: [row(2)], paging: { cursors: { after: "c2" }, next: link("c2") } },
    c2: { data: [row(3)], paging: { cursors: { after: "c1" }, next: link("c1") } },
  });

  await expect(ids({ apiName: "BEST" })).rejects.toThrow(/cursor came a second time/);
  expect(server.seen).toHaveLength(3);
});

test("a link without cursors beside it is walked by its own, and one without any is an error", async () => {
  pages({ "": { data: [row(1)], paging: { next: link("c1") } }, c1: { data: [row(2)], paging: { next: server.url } } });

  await expect(ids({ apiName: "BEST" })).rejects.toThrow(/no cursor/);
  expect(server.seen.map((request) => request.query.get("after"))).toEqual([null, "c1"]);
});

test.each([
  ["a row without its score", { data: [{ id: "1" }, { id: "2", score: 7 }] }],
  [
    "a score with a fraction",
    {
      data: [
        { id: "1", score: 1.5 },
        { id: "2", score: 7 },
      ],
    },
  ],
  ["a score outside 64 bits", '{"data":[{"id":"1","score":9223372036854775808},{"id":"2","score":7}]}'],
])("%s costs that row, which is counted", async (_what, body) => {
  server.answer(json(body));
  const entries = client.leaderboards.entries({ apiName: "BEST" });
  const found: string[] = [];
  for await (const entry of entries) found.push(entry.id);

  expect([found, entries.skipped]).toEqual([["2"], 1]);
});

test.each([
  ["no data", { paging: {} }],
  ["data that is no list", { data: {} }],
])("%s is unreadable", async (_what, body) => {
  server.answer(json(body));

  await expect(ids({ apiName: "BEST" })).rejects.toMatchObject({ code: "unreadable_answer" });
});

test("a page that fails with 5xx is asked for again with fewer rows, and the next pages stay as small", async () => {
  const limits: (string | null)[] = [];
  server.answer((request, response, index) => {
    const limit = request.query.get("limit");
    limits.push(limit);
    if (Number(limit) > 25) return json("", 503)(request, response, index);
    const isFirst = request.query.get("after") === null;
    const paging = isFirst ? { cursors: { after: "c1" }, next: link("c1") } : {};
    return json({ data: [row(isFirst ? 1 : 2)], paging })(request, response, index);
  });

  expect(await ids({ apiName: "BEST", limit: 100 })).toEqual(["1", "2"]);
  expect(limits).toEqual(["100", "50", "25", "25"]);
});

test("a platform that is down ends the walk at the smallest page, and pages without a size are not asked for again", async () => {
  server.answer(json("", 500));
  await expect(ids({ apiName: "BEST", limit: 30 })).rejects.toMatchObject({ code: "platform_unavailable" });
  expect(server.seen.map((request) => request.query.get("limit"))).toEqual(["30", "25", "10", "5"]);
  await expect(ids({ apiName: "BEST" })).rejects.toMatchObject({ code: "platform_unavailable" });
  expect(server.seen).toHaveLength(5);
});

test("a summary comes with the first page, which is not asked for again", async () => {
  pages({
    "": { data: [row(1)], summary: { total_count: 2 }, paging: { cursors: { after: "c1" }, next: link("c1") } },
    c1: { data: [row(2)], summary: { total_count: 2 } },
  });
  const { totalCount, entries } = await client.leaderboards.entries({ apiName: "BEST" }).withSummary();
  expect(totalCount).toBe(2);
  expect(server.seen.map((request) => request.query.get("summary"))).toEqual(["true"]);
  const found: string[] = [];
  for await (const entry of entries) found.push(entry.id);
  expect(found).toEqual(["1", "2"]);
  expect(server.seen).toHaveLength(2);
});
