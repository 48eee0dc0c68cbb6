import { board, count, createQuestline, memoryStore, silentLogger, simple } from "@questline/core";
import type { AppOptions, CheckFinding } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator, Fault, Seed } from "@questline/emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;
const client = { achievement_write_policy: "CLIENT_AUTHORITATIVE" } as const;
const seed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      achievements: [
        { api_name: "FIRST_WIN", achievement_type: "SIMPLE", ...server },
        { api_name: "WINS_100", achievement_type: "COUNT", target: 100, ...server },
        { api_name: "LEFT_AS_IT_WAS", achievement_type: "SIMPLE", ...client },
        { api_name: "COUNTED_AS_IT_WAS", achievement_type: "COUNT", target: 5, ...client },
      ],
      leaderboards: [
        { api_name: "BEST_TIME", sort_order: "LOWER_IS_BETTER", entry_write_policy: "CLIENT_AUTHORITATIVE" },
        { api_name: "BEST_SCORE", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" },
      ],
    },
  ],
};

let emulator: Emulator;
beforeEach(async () => {
  emulator = await createEmulator({ seed });
});
afterEach(() => emulator.close());

interface Names {
  readonly achievements?: Record<string, ReturnType<typeof simple> | ReturnType<typeof count>>;
  readonly leaderboards?: Record<string, { sort: "higher-is-better" | "lower-is-better"; writes: "server" | "client" }>;
}

function start({ achievements = { FIRST_WIN: simple() }, leaderboards = {} }: Names = {}, more: object = {}) {
  return createQuestline({
    app: { id: "1", secret: "test-secret" } as AppOptions,
    store: memoryStore(),
    graph: { baseUrl: emulator.url },
    logger: silentLogger,
    achievements,
    leaderboards: Object.fromEntries(Object.entries(leaderboards).map(([name, of]) => [name, board(of)])),
    events: {},
    ...more,
  });
}

async function findings(
  names?: Names,
  more?: object,
  options?: { timeoutMs: number },
): Promise<readonly CheckFinding[]> {
  await using questline = start(names, more);
  return await questline.check(options);
}

const boards = { BEST_SCORE: { sort: "higher-is-better", writes: "server" } } as const;

test("a catalogue that fits has no findings", async () => {
  expect(await findings({ achievements: { FIRST_WIN: simple(), WINS_100: count(100) }, leaderboards: boards })).toEqual(
    [],
  );
});

describe("what cannot be compared is a finding that says what to do:", () => {
  test("a wrong secret, once for both lists", async () => {
    const found = await findings({ leaderboards: boards }, { app: { id: "1", secret: "another-secret" } });
    expect(found).toMatchObject([
      {
        code: "wrong-secret",
        target: "app",
        problem: expect.stringMatching(/achievements and leaderboards .*app\.secret/),
      },
    ]);
    expect(JSON.stringify(found)).not.toContain("another-secret");
  });

  test("a host that does not exist", async () => {
    const found = await findings({}, { graph: { baseUrl: "https://no-such-host.invalid" } });
    expect(found).toMatchObject([{ code: "no-answer", problem: expect.stringContaining("graph.baseUrl") }]);
  });

  test.each<[string, Fault, string, RegExp]>([
    ["an outage", { kind: "status", status: 503 }, "platform-unavailable", /HTTP 503.*later/],
    ["a limit", { kind: "throttle", retryAfterSeconds: 30 }, "rate-limited", /Not before 30 s/],
    [
      "a missing permission",
      { kind: "status", status: 403, error: { code: 10, message: "not approved" } },
      "missing-permission",
      /not approved.*dashboard/,
    ],
    [
      "a page of something else",
      { kind: "garbage", body: "<html>", contentType: "text/html" },
      "unreadable-answer",
      /baseUrl/,
    ],
    [
      "a 404 without the platform's envelope",
      { kind: "garbage", status: 404, body: "gone" },
      "unreadable-answer",
      /baseUrl/,
    ],
    [
      "a refusal that says nothing else",
      { kind: "status", status: 400, error: { code: 100, message: "odd" } },
      "refused",
      /odd/,
    ],
  ])("%s", async (_name, fault, code, words) => {
    emulator.faults.add({ ...fault, times: "always" } as Fault);
    expect(await findings()).toMatchObject([{ code, target: "app", problem: expect.stringMatching(words) }]);
  });

  test("a limit that lasts longer than there is time is said as a limit, not as no answer", async () => {
    emulator.faults.add({ kind: "throttle", retryAfterSeconds: 4, times: "always" });
    const found = await findings({}, {}, { timeoutMs: 1_500 });
    expect(found).toMatchObject([{ code: "rate-limited", problem: expect.stringMatching(/Not before 4 s/) }]);
  });

  test("no answer, also where it is the game's own secret that does not come", async () => {
    const never = () => new Promise<string>(() => undefined);
    const found = await findings({ leaderboards: boards }, { app: { id: "1", secret: never } }, { timeoutMs: 50 });
    expect(found).toMatchObject([{ code: "no-answer", problem: expect.stringContaining("within 50 ms") }]);
  });

  test("and the list that could be read is compared all the same", async () => {
    emulator.faults.add({ operation: "leaderboards.list", kind: "status", status: 503, times: "always" });
    const found = await findings({ achievements: { FIRST_WON: simple() }, leaderboards: boards });
    expect(found.map(({ code, target }) => [code, target])).toEqual([
      ["platform-unavailable", "app"],
      ["unknown-achievement", "FIRST_WON"],
    ]);
  });
});

test("misspelled names are told the right ones", async () => {
  const found = await findings({
    achievements: { first_win: simple() },
    leaderboards: { BEST_SCOER: { sort: "higher-is-better", writes: "server" } },
  });
  expect(found).toMatchObject([
    { code: "unknown-achievement", target: "first_win", problem: expect.stringContaining('Did you mean "FIRST_WIN"?') },
    {
      code: "unknown-leaderboard",
      target: "BEST_SCOER",
      problem: expect.stringContaining('Did you mean "BEST_SCORE"?'),
    },
  ]);
});

test("every achievement and board whose write policy will refuse this server is named", async () => {
  const found = await findings({
    achievements: { FIRST_WIN: simple(), LEFT_AS_IT_WAS: simple(), COUNTED_AS_IT_WAS: count(5) },
    leaderboards: {
      BEST_TIME: { sort: "lower-is-better", writes: "server" },
      BEST_SCORE: { sort: "higher-is-better", writes: "client" },
    },
  });
  expect(found.map(({ code, target }) => [code, target])).toEqual([
    ["client-writes", "LEFT_AS_IT_WAS"],
    ["client-writes", "COUNTED_AS_IT_WAS"],
    ["client-writes", "BEST_TIME"],
    ["server-writes", "BEST_SCORE"],
  ]);
  for (const { problem } of found) expect(problem).toContain("dashboard");
});

describe("the whole app token given as the secret", () => {
  const app = { id: "1", secret: "OC|1|test-secret" };
  const message = expect.stringMatching(/whole app token.*behind the last \|/);

  test("is refused at once, and not shown", () => {
    expect(() => start({}, { app })).toThrow(expect.objectContaining({ code: "bad_input", message }));
    expect(() => start({}, { app })).not.toThrow(/test-secret/);
  });

  test("is a finding where a function gives it", async () => {
    const found = await findings({}, { app: { id: "1", secret: () => app.secret } });
    expect(found).toMatchObject([{ code: "wrong-secret", problem: message }]);
    expect(JSON.stringify(found)).not.toContain("test-secret");
  });
});

describe("a check ends", () => {
  test("by the caller's signal", async () => {
    await using questline = start();
    const stop = new AbortController();
    emulator.faults.add({ kind: "latency", ms: 60_000, when: "before", times: "always" });
    const checked = questline.check({ signal: stop.signal });
    stop.abort();
    await expect(checked).rejects.toMatchObject({ code: "aborted" });
  });

  test("as Questline closes", async () => {
    const questline = start();
    await questline.close();
    await expect(questline.check()).rejects.toMatchObject({ code: "closed" });
  });

  test("before it begins, with a time that is none", async () => {
    await using questline = start();
    await expect(questline.check({ timeoutMs: 0 })).rejects.toMatchObject({ code: "bad_input" });
  });
});
