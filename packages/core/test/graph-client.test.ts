import { afterEach, expect, test } from "vitest";
import { envelope, json, scriptedServer, type ScriptedServer } from "./scripted-server.ts";
import { createGraphClient, type GraphClient, type GraphClientOptions } from "../src/graph/graph-client.ts";
import { undiciTransport } from "../src/graph/undici-transport.ts";
import type { AppUsage } from "../src/graph/app-usage.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const resource of open.splice(0).toReversed()) await resource[Symbol.asyncDispose]();
});

async function platform(
  options: Partial<GraphClientOptions> = {},
): Promise<{ readonly server: ScriptedServer; readonly client: GraphClient }> {
  const server = await scriptedServer();
  const transport = undiciTransport({ baseUrl: server.url });
  const app = { id: "1", secret: "test-secret" };
  const client = createGraphClient({ app, transport, baseUrl: server.url, ...options });
  open.push(server, client);
  return { server, client };
}

/** What the latest request asked for, as plain text. */
function asked(server: ScriptedServer): Record<string, unknown> {
  const request = server.seen.at(-1);
  const params = Object.fromEntries([...(request?.query ?? []), ...(request?.form ?? [])]);
  return { call: `${request?.method} ${request?.path}`, token: request?.headers.authorization, params };
}

const APP = "Bearer OC|1|test-secret";

test("A2 lists definitions in the words of the catalogue", async () => {
  const { server, client } = await platform();
  server.answer(
    json({
      data: [
        {
          id: "7100000000000001",
          api_name: "SEE_ALL",
          achievement_type: "BITFIELD",
          achievement_write_policy: "SERVER_AUTHORITATIVE",
          target: 3,
          bitfield_length: 7,
          is_archived: false,
          title: "See all",
          locked_image_uri: "https://elsewhere",
          badge: "gold",
        },
        {
          id: 12,
          api_name: "WINS",
          achievement_type: "count",
          achievement_write_policy: "CLIENT_AUTHORITATIVE",
          target: "100",
        },
      ],
    }),
  );

  expect(await client.achievements.definitions({ apiNames: ["SEE_ALL", 'a"b'], includeArchived: true })).toEqual([
    {
      id: "7100000000000001",
      apiName: "SEE_ALL",
      type: "bitfield",
      writes: "server",
      target: 3n,
      bitfieldLength: 7,
      isArchived: false,
      title: "See all",
      lockedImageUrl: "https://elsewhere",
      raw: { badge: "gold" },
    },
    { id: "12", apiName: "WINS", type: "count", writes: "client", target: 100n },
  ]);
  expect(asked(server)).toMatchObject({
    call: "GET /1/achievement_definitions",
    token: APP,
    params: { api_names: '["SEE_ALL","a\\"b"]', include_archived: "true" },
  });
});

test("A3 carries the app token in its header only and its fields as a form", async () => {
  const { server, client } = await platform();
  server.answer(json({ id: "7", api_name: "WINS", just_unlocked: true }));
  const write = { userId: "42", apiName: "WINS", addCount: 2n ** 60n, addBits: "0110", forceUnlock: true };

  expect(await client.achievements.write(write)).toEqual({ apiName: "WINS", justUnlocked: true });
  expect(asked(server)).toEqual({
    call: "POST /42/achievements",
    token: APP,
    params: { api_name: "WINS", add_count: "1152921504606846976", add_bits: "0110", force_unlock: "true" },
  });
  expect(server.seen[0]?.query.size).toBe(0);
  expect(server.seen[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
});

test("A3 with nothing to change, or for another achievement than it answers for, is an error", async () => {
  const { server, client } = await platform();
  server.answer(json({ api_name: "OTHER", just_unlocked: true }));

  await expect(client.achievements.write({ userId: "42", apiName: "WINS" })).rejects.toMatchObject({
    code: "bad_input",
  });
  expect(server.seen).toHaveLength(0);
  await expect(client.achievements.write({ userId: "42", apiName: "WINS", addCount: 1 })).rejects.toMatchObject({
    code: "ambiguous",
    applied: "maybe",
    cause: { code: "unreadable_answer" },
  });
});

test("A4 reads all pages; long numbers are exact, and what is missing stays unknown", async () => {
  const { server, client } = await platform();
  const rows = [
    '{"id":"1","definition":{"id":"2","api_name":"A","target":9007199254740995},"count_progress":9007199254740993,"is_unlocked":false}',
    '{"id":"3","is_unlocked":true,"unlock_time":1900000000,"bitfield_progress":"1001"}',
  ];
  server.answer((request, response, index) => {
    const next = `${server.url}/42/achievements?access_token=OC|1|test-secret&after=c1`;
    const paging = index === 0 ? `,"paging":{"cursors":{"after":"c1"},"next":"${next}"}` : ',"paging":{"next":""}';
    json(`{"data":[${rows[index]}]${paging}}`)(request, response, index);
  });

  const progress = await client.achievements.read("42");
  expect(progress).toHaveLength(2);
  expect(progress[0]).toEqual({ apiName: "A", target: 9007199254740995n, count: 9007199254740993n, isUnlocked: false });
  expect(progress[1]).toMatchObject({ isUnlocked: true, bits: "1001" });
  expect(progress[1]?.apiName).toBeUndefined();
  expect(progress[1]?.unlockedAt?.toISOString()).toBe("2030-03-17T17:46:40.000Z");
  expect(server.seen[0]?.query.get("fields")).toBe(
    "definition{api_name,target},count_progress,bitfield_progress,is_unlocked,unlock_time",
  );
  expect(server.seen.map((request) => request.query.get("after"))).toEqual([null, "c1"]);
});

test.each([
  [[{ id: "1", definition: { api_name: "A" }, count_progress: 3 }], { apiName: "A", count: 3n }],
  [[{ id: "1", count_progress: 3, is_unlocked: false, unlock_time: 0 }], { count: 3n, isUnlocked: false }],
  [[], "absent"],
  [[{ id: "1", definition: { api_name: "B" }, count_progress: 3 }], "absent"],
  [
    [
      { id: "1", count_progress: 3 },
      { id: "2", count_progress: 4 },
    ],
    "unreadable",
  ],
])("A4 of one achievement tells its row from none: %#", async (data, expected) => {
  const { server, client } = await platform();
  server.answer(json({ data }));

  expect(await client.achievements.readOne("42", "A")).toEqual(expected);
  expect(server.seen[0]?.query.get("api_names")).toBe('["A"]');
});

test("L2 lists boards in the words of the catalogue, also where the answer leaves the name out", async () => {
  const { server, client } = await platform();
  const board = {
    id: "7300000000000001",
    sort_order: "LOWER_IS_BETTER",
    entry_write_policy: "SERVER_AUTHORITATIVE",
    entry_count: 2500,
  };
  server.answer(json({ data: [board] }));
  const expected = { id: "7300000000000001", sort: "lower-is-better", writes: "server", entryCount: 2500 };

  expect(await client.leaderboards.list()).toEqual([expected]);
  expect(await client.leaderboards.list({ apiName: "BEST" })).toEqual([{ ...expected, apiName: "BEST" }]);
  expect(asked(server)).toMatchObject({ call: "GET /1/leaderboards", token: APP, params: { api_name: "BEST" } });
});

test("L3 is written with the app token for a user, or with that user's own token", async () => {
  const { server, client } = await platform();
  server.answer(json({ did_update: false, updated_challenge_ids: [], success: true }));
  const extraData = new TextEncoder().encode("hi ?");

  expect(await client.leaderboards.submit({ apiName: "BEST", score: -(2n ** 63n), userId: "42", extraData })).toEqual({
    didUpdate: false,
  });
  expect(asked(server)).toEqual({
    call: "POST /leaderboard_submit_entry",
    token: APP,
    params: { api_name: "BEST", score: "-9223372036854775808", user_id: "42", extra_data_base64: "aGkgPw==" },
  });
  await client.leaderboards.submit({ apiName: "BEST", score: 5, userToken: "OCAplayer", force: true });
  expect(asked(server)).toMatchObject({
    token: "Bearer OCAplayer",
    params: { api_name: "BEST", score: "5", force_update: "true" },
  });

  for (const both of [{ userId: "42", userToken: "t" }, {}]) {
    const wrong = { apiName: "BEST", score: 1, ...both } as unknown as {
      apiName: string;
      score: number;
      userId: string;
    };
    await expect(client.leaderboards.submit(wrong)).rejects.toMatchObject({ code: "bad_input" });
  }
  expect(server.seen).toHaveLength(2);
});

test.each([
  [{ success: true }, {}],
  [{ did_update: true }, { didUpdate: true }],
])("L3 answered with %j says what it can", async (body, expected) => {
  const { server, client } = await platform();
  server.answer(json(body));

  expect(await client.leaderboards.submit({ apiName: "BEST", score: 1, userId: "42" })).toEqual(expected);
});

test.each([{ did_update: true, success: false }, {}, { did_update: "yes" }])(
  "L3 answered with %j is unreadable",
  async (body) => {
    const { server, client } = await platform();
    server.answer(json(body));

    await expect(client.leaderboards.submit({ apiName: "BEST", score: 1, userId: "42" })).rejects.toMatchObject({
      name: "UnreadableAnswerError",
      applied: "maybe",
      transient: true,
    });
  },
);

test("U1, U2 and U3 ask as documented", async () => {
  const { server, client } = await platform();
  server.answer(json({ id: "10149999707612630", alias: "someone" }));
  expect(await client.users.me("OCAplayer")).toEqual({ id: "10149999707612630", alias: "someone" });
  expect(asked(server)).toEqual({ call: "GET /me", token: "Bearer OCAplayer", params: { fields: "id,alias" } });

  server.answer(json({ org_scoped_id: "77" }));
  expect(await client.users.get("42")).toEqual({ id: "42", orgScopedId: "77" });
  expect(asked(server)).toEqual({ call: "GET /42", token: APP, params: { fields: "id,alias,org_scoped_id" } });

  server.answer(json({ is_valid: false }));
  expect(await client.users.validateNonce("42", "one-time")).toBe(false);
  expect(asked(server)).toEqual({
    call: "POST /user_nonce_validate",
    token: APP,
    params: { nonce: "one-time", user_id: "42" },
  });
});

test.each([[{ alias: "nobody" }], [{ id: "not-an-id" }], [{ id: 1.5 }]])(
  "a /me that answers %j names nobody",
  async (body) => {
    const { server, client } = await platform();
    server.answer(json(body));

    await expect(client.users.me("OCAplayer")).rejects.toMatchObject({ code: "unreadable_answer" });
  },
);

test("a user read that answers with another user is unreadable", async () => {
  const { server, client } = await platform();
  server.answer(json({ id: "43" }));

  await expect(client.users.get("42")).rejects.toMatchObject({ code: "unreadable_answer" });
});

test.each([
  ["HTTP 500", json("", 500), "ambiguous"],
  ["garbage", json("{"), "ambiguous"],
  ["a lost answer", (_request: unknown, response: { destroy(): void }) => void response.destroy(), "ambiguous"],
  ["a limit", json(envelope(4), 400), "rate_limited"],
  ["a refused app token", json(envelope(190), 400), "app_credentials"],
] as const)("a nonce check that ends in %s is sent once and says %s", async (_what, answer, code) => {
  const { server, client } = await platform();
  server.answer(answer);

  await expect(client.users.validateNonce("42", "one-time")).rejects.toMatchObject({ code });
  expect(server.seen).toHaveLength(1);
});

test("a regenerated secret takes effect with the next request", async () => {
  let current = "first";
  const { server, client } = await platform({ app: { id: "1", secret: async () => current } });
  server.answer(json({ is_valid: true }));
  await client.users.validateNonce("42", "a");
  current = "second";
  await client.users.validateNonce("42", "b");

  expect(server.seen.map((request) => request.headers.authorization)).toEqual([
    "Bearer OC|1|first",
    "Bearer OC|1|second",
  ]);
});

test.each([
  ["fails", () => Promise.reject(new Error("vault is sealed"))],
  ["gives nothing", () => ""],
])("where the source of the secret %s nothing is sent", async (_what, secret) => {
  const { server, client } = await platform({ app: { id: "1", secret } });

  await expect(client.users.get("42")).rejects.toMatchObject({
    code: "app_credentials",
    applied: "no",
    retryable: true,
  });
  expect(server.seen).toHaveLength(0);
});

test.each([
  { app: { id: "abc", secret: "s" } },
  { app: { id: 1 as unknown as string, secret: "s" } },
  { app: { id: "1", secret: "" } },
  { app: { id: "1", secret: undefined as unknown as string } },
  { app: { id: "1", secret: "s" }, baseUrl: "nowhere" },
])("options %# are refused", (options) => {
  const transport = { send: () => Promise.reject(new Error("unused")), close: async () => {} };
  expect(() => createGraphClient({ transport, ...options })).toThrow(expect.objectContaining({ code: "bad_input" }));
});

test("the share of the allowance that is used is told where an answer says it", async () => {
  const heard: AppUsage[] = [];
  const { server, client } = await platform({ onAppUsage: (usage) => heard.push(usage) });
  server.answer(json({ id: "42" }, 200, { "x-app-usage": '{"call_count":95,"total_time":1,"total_cputime":2}' }));
  await client.users.get("42");
  server.answer(json(envelope(4), 400, { "x-app-usage": '{"call_count":101,"total_time":1,"total_cputime":2}' }));
  await expect(client.users.get("42")).rejects.toMatchObject({ code: "rate_limited" });

  expect(heard.map((usage) => usage.callCount)).toEqual([95, 101]);
});
