import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createEmulator, type Emulator, type Seed } from "../src/index.ts";
import { frozenClock } from "./frozen-clock.ts";
import { ADA_TOKEN, get, GRACE_TOKEN, idOf, post, type Reply, send } from "./graph-client.ts";

const NOW = 1_900_000_000;
const server = { entry_write_policy: "SERVER_AUTHORITATIVE" } as const;
const players = Array.from({ length: 12 }, (_, index) => `player${index + 1}`);
const seed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      leaderboards: [
        { api_name: "HIGH", sort_order: "HIGHER_IS_BETTER", ...server },
        { api_name: "LOW", sort_order: "LOWER_IS_BETTER", ...server },
        { api_name: "OWN", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "CLIENT_AUTHORITATIVE" },
        { api_name: "FUTURE", sort_order: "HIGHER_IS_BETTER", ...server, earliest_allowed_entry_time: NOW + 100 },
        { api_name: "PAST", sort_order: "HIGHER_IS_BETTER", ...server, latest_allowed_entry_time: NOW - 1 },
        { api_name: "TABLE", sort_order: "HIGHER_IS_BETTER", ...server },
      ],
    },
    { id: "2", secret: "other-secret" },
  ],
  users: [
    {
      alias: "ada",
      tokens: { "1": [ADA_TOKEN] },
      friends: ["player8", "player3"],
      profile_url: "https://example.test/ada",
    },
    { alias: "grace", tokens: { "1": [GRACE_TOKEN] }, entitled: ["2"] },
    // player1 leads with 1200, player12 is last with 100.
    ...players.map((alias, index) => ({ alias, scores: [{ app: "1", api_name: "TABLE", score: 1200 - index * 100 }] })),
  ],
};

let emulator: Emulator;
let ada: string;
beforeAll(async () => {
  emulator = await createEmulator({ seed, clock: frozenClock(NOW * 1000) });
});
beforeEach(() => {
  emulator.reset();
  ada = idOf(emulator, "ada");
});
afterAll(() => emulator.close());

const submit = (apiName: string, score: string, more: Record<string, string> = {}, token?: string): Promise<Reply> => {
  const user = token === undefined ? { user_id: ada } : {};
  return post(emulator, "/leaderboard_submit_entry", { api_name: apiName, score, ...user, ...more }, token);
};
const score = (apiName: string): bigint | undefined => emulator.world.entry(apiName, ada)?.score;

describe("submitting", () => {
  it("keeps the better score by the board's order; equal is not better", async () => {
    const answer = (updated: boolean) => ({ did_update: updated, updated_challenge_ids: [], success: true });
    for (const [value, updated] of [
      ["10", true],
      ["9", false],
      ["10", false],
      ["11", true],
    ] as const) {
      expect((await submit("HIGH", value)).body).toEqual(answer(updated));
    }
    for (const [value, updated] of [
      ["10", true],
      ["11", false],
      ["9", true],
    ] as const) {
      expect((await submit("LOW", value)).body).toEqual(answer(updated));
    }
    expect([score("HIGH"), score("LOW")]).toEqual([11n, 9n]);
    expect(emulator.oracle.leaderboard(ada, "HIGH")).toEqual({ writes: 4, updates: 2, forced: 0 });
  });

  it("overwrites with force_update", async () => {
    await submit("HIGH", "10", { extra_data_base64: "aGVsbG8=" });
    expect((await submit("HIGH", "-5", { force_update: "true" })).body.did_update).toBe(true);
    expect(emulator.world.entry("HIGH", ada)).toMatchObject({ score: -5n, extraData: undefined });
    expect(emulator.oracle.leaderboard(ada, "HIGH")).toEqual({ writes: 2, updates: 2, forced: 1 });
  });

  it("keeps 64 bits exact, both ends", async () => {
    await submit("HIGH", "-9223372036854775808");
    expect(score("HIGH")).toBe(-9223372036854775808n);
    await submit("HIGH", "9223372036854775807");
    const read = await get(emulator, "/leaderboard_entries?api_name=HIGH&fields=score");
    expect(read.text).toContain('"score":9223372036854775807');
    emulator.switches.set({ longsAsStrings: true });
    const asText = await get(emulator, "/leaderboard_entries?api_name=HIGH&fields=score");
    expect(asText.body.data[0].score).toBe("9223372036854775807");
  });

  it("keeps JSON scores exact", async () => {
    const body = `{"api_name":"HIGH","score":9007199254740993,"user_id":"${ada}"}`;
    await send(emulator, "POST", "/leaderboard_submit_entry", {
      headers: { "content-type": "application/json" },
      body,
    });
    expect(score("HIGH")).toBe(9007199254740993n);
  });

  it("takes 2048 bytes of extra data and an empty text, not 2049 nor other text", async () => {
    const bytes = (count: number): string => Buffer.alloc(count, 7).toString("base64");
    expect((await submit("HIGH", "1", { extra_data_base64: bytes(2048) })).status).toBe(200);
    expect((await submit("HIGH", "2", { extra_data_base64: bytes(2049) })).body.error.code).toBe(100);
    expect((await submit("HIGH", "2", { extra_data_base64: "not base64!" })).body.error.code).toBe(100);
    expect((await submit("HIGH", "3", { extra_data_base64: "" })).status).toBe(200);
    expect(emulator.world.entry("HIGH", ada)).toMatchObject({ score: 3n, extraData: undefined });
  });

  it.each([
    ["no score", { score: "" }, 100],
    ["a fraction", { score: "1.5" }, 100],
    ["a score beyond 64 bits", { score: "9223372036854775808" }, 100],
    ["an unknown board", { api_name: "high" }, 100],
    ["an unknown user", { user_id: "123" }, 100],
    ["no user", { user_id: "" }, 100],
    ["a board that is not open yet", { api_name: "FUTURE" }, 100],
    ["a board that is closed", { api_name: "PAST" }, 100],
  ])("refuses %s", async (_what, parameters, code) => {
    const reply = await submit("HIGH", "1", parameters);
    expect([reply.status, reply.body.error.code]).toEqual([400, code]);
    expect(emulator.oracle.snapshot().leaderboards).toEqual([]);
  });

  it("opens a board when its time comes", async () => {
    emulator.world.advance(100_000);
    expect((await submit("FUTURE", "1")).status).toBe(200);
  });

  it("refuses users without entitlement", async () => {
    const reply = await submit("HIGH", "1", { user_id: idOf(emulator, "grace") });
    expect([reply.status, reply.body.error.code]).toEqual([403, 10]);
  });

  it("binds tokens to policies", async () => {
    expect((await submit("OWN", "1", {}, ADA_TOKEN)).body.did_update).toBe(true);
    expect((await submit("OWN", "2", { user_id: ada }, ADA_TOKEN)).body.error.code).toBe(100);
    const refused = await submit("HIGH", "1", {}, ADA_TOKEN);
    expect([refused.status, refused.body.error.code]).toEqual([403, 200]);
    expect((await submit("OWN", "2")).status).toBe(200);
    emulator.switches.set({ writePolicy: "strict" });
    expect((await submit("OWN", "3")).body.error.code).toBe(200);
    expect(score("OWN")).toBe(2n);
  });
});

describe("boards", () => {
  it("lists ids, or one board with the fields asked for", async () => {
    const all = await get(emulator, "/1/leaderboards/");
    expect(all.body.data).toHaveLength(6);
    expect(Object.keys(all.body.data[0])).toEqual(["id"]);
    const one = await get(
      emulator,
      "/1/leaderboards?api_name=TABLE&fields=api_name,sort_order,entry_write_policy,entry_count",
    );
    expect(one.body).toEqual({
      data: [
        {
          id: expect.stringMatching(/^\d{17}$/),
          api_name: "TABLE",
          sort_order: "HIGHER_IS_BETTER",
          entry_write_policy: "SERVER_AUTHORITATIVE",
          entry_count: 12,
        },
      ],
    });
  });
});

const query = async (parameters: string, token?: string): Promise<Reply> =>
  get(emulator, `/leaderboard_entries?api_name=TABLE&fields=rank,score,user{alias}&${parameters}`, token);
const ranks = (reply: Reply): number[] => reply.body.data.map((row: { rank: number }) => row.rank);

describe("querying entries", () => {
  it("shows only ids without fields, and everything documented with them", async () => {
    await submit("HIGH", "12345", { extra_data_base64: "aGVsbG8=" });
    const bare = await get(emulator, "/leaderboard_entries?api_name=HIGH");
    expect(bare.body.data).toEqual([{ id: expect.stringMatching(/^\d{17}$/) }]);
    const fields = "user{id, alias, profile_url, display_name}, rank, score, timestamp, extra_data_base64, id";
    const full = await get(emulator, `/leaderboard_entries?api_name=HIGH&fields=${encodeURIComponent(fields)}`);
    expect(full.body.data).toEqual([
      {
        id: bare.body.data[0].id,
        user: { id: ada, alias: "ada", profile_url: "https://example.test/ada" },
        rank: 1,
        score: 12345,
        timestamp: NOW,
        extra_data_base64: "aGVsbG8=",
      },
    ]);
    expect((await get(emulator, "/leaderboard_entries?api_name=HIGH&fields=user{name}")).body.error.code).toBe(100);
  });

  it("starts at the top, or after an offset, with a summary", async () => {
    expect(ranks(await query("limit=3"))).toEqual([1, 2, 3]);
    const offset = await query("start_at=OFFSET&offset=3&limit=3&summary=true");
    expect(ranks(offset)).toEqual([4, 5, 6]);
    expect(offset.body.summary).toEqual({ total_count: 12 });
  });

  it("centres on the viewer: ninth of a board with a limit of 3 sees 8, 9, 10", async () => {
    emulator.world.setScore("TABLE", ada, 450);
    for (const startAt of ["VIEWER", "CENTERED_ON_VIEWER", "VIEWER_OR_TOP", "CENTERED_ON_VIEWER_OR_TOP"]) {
      expect(ranks(await query(`start_at=${startAt}&limit=3`, ADA_TOKEN))).toEqual([8, 9, 10]);
    }
    emulator.switches.set({ writePolicy: "strict" });
    expect((await query("start_at=CENTERED_ON_VIEWER&limit=3", ADA_TOKEN)).body.error.code).toBe(100);
  });

  it("answers 12074 for a viewer without an entry, and the top for VIEWER_OR_TOP", async () => {
    expect((await query("start_at=VIEWER", ADA_TOKEN)).body.error.code).toBe(12_074);
    expect(ranks(await query("start_at=VIEWER_OR_TOP&limit=2", ADA_TOKEN))).toEqual([1, 2]);
  });

  it("filters by friends and by ids, with absolute ranks", async () => {
    expect(ranks(await query("filter=FRIENDS", ADA_TOKEN))).toEqual([3, 8]);
    const [second, fifth] = [idOf(emulator, "player2"), idOf(emulator, "player5")];
    expect(ranks(await query(`filter=USER_IDS&user_ids=${fifth},${second}`))).toEqual([2, 5]);
    const list = encodeURIComponent(`["${fifth}",${second}]`);
    expect(ranks(await query(`filter=USER_IDS&user_ids=${list}`))).toEqual([2, 5]);
    emulator.world.setScore("TABLE", ada, 5000);
    expect(ranks(await query(`filter=USER_IDS&user_ids=${second}&start_at=VIEWER`, ADA_TOKEN))).toEqual([1, 3]);
  });

  it("wants a user token for viewer and friends, and complete parameters", async () => {
    for (const parameters of ["start_at=VIEWER", "filter=FRIENDS"]) {
      expect((await query(parameters)).body.error.code).toBe(2500);
    }
    for (const parameters of [
      "start_at=OFFSET",
      "filter=USER_IDS",
      "filter=ALL",
      "start_at=BOTTOM",
      "limit=0",
      "limit=x",
      "after=x",
    ]) {
      expect([parameters, (await query(parameters)).body.error.code]).toEqual([parameters, 100]);
    }
  });

  it("ranks equal scores by the earlier update", async () => {
    for (const [index, alias] of ["player3", "player2", "player1"].entries()) {
      emulator.world.advance(index * 1000);
      emulator.world.setScore("HIGH", idOf(emulator, alias), 7);
    }
    const reply = await get(emulator, "/leaderboard_entries?api_name=HIGH&fields=user{alias},rank");
    const aliases = reply.body.data.map((row: { user: { alias: string } }) => row.user.alias);
    expect(aliases).toEqual(["player3", "player2", "player1"]);
    expect(ranks(reply)).toEqual([1, 2, 3]);
  });
});

describe("paging", () => {
  it("follows next from page to page, and previous back, with the token and the emulator's host", async () => {
    let reply = await query("limit=5&summary=true");
    const seen = ranks(reply);
    expect(reply.body.paging.previous).toBeUndefined();
    while (reply.body.paging.next !== undefined) {
      const next = new URL(reply.body.paging.next);
      expect(next.origin).toBe(emulator.url);
      expect(next.searchParams.get("access_token")).toBe("OC|1|test-secret");
      reply = await get(emulator, next.pathname + next.search, null);
      seen.push(...ranks(reply));
    }
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    const previous = new URL(reply.body.paging.previous);
    expect(ranks(await get(emulator, previous.pathname + previous.search, null))).toEqual([6, 7, 8, 9, 10]);
  });

  it("goes on after the row of the cursor, wherever it moved", async () => {
    const first = await query("limit=3");
    emulator.world.setScore("TABLE", ada, 10_000);
    const next = await query(`limit=3&after=${first.body.paging.cursors.after}`);
    expect(ranks(next)).toEqual([5, 6, 7]);
  });

  it("holds 25 rows by default, never more than maxPageSize, and shows cursors on the last page", async () => {
    for (let index = 0; index < 18; index += 1) {
      const { ids } = emulator.world.createUser({ alias: `more${index}` });
      emulator.world.setScore("TABLE", ids["1"] ?? "", index);
    }
    expect((await query("")).body.data).toHaveLength(25);
    expect((await query("limit=100")).body.data).toHaveLength(30);
    emulator.switches.set({ pageSize: 4, maxPageSize: 7 });
    expect((await query("")).body.data).toHaveLength(4);
    const capped = await query("limit=100&start_at=OFFSET&offset=26");
    expect(capped.body.data).toHaveLength(4);
    expect(capped.body.paging.cursors).toEqual({ before: expect.any(String), after: expect.any(String) });
    expect(capped.body.paging.next).toBeUndefined();
  });

  it("pages definitions and progress, and is silent when all fits", async () => {
    const list = await get(emulator, "/1/leaderboards");
    expect(list.body.paging).toBeUndefined();
    emulator.switches.set({ maxPageSize: 4 });
    const first = await get(emulator, "/1/leaderboards");
    expect(first.body.data).toHaveLength(4);
    const second = await get(
      emulator,
      new URL(first.body.paging.next).pathname + new URL(first.body.paging.next).search,
    );
    expect(second.body.data).toHaveLength(2);
  });
});
