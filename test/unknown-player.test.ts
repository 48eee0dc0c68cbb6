import { board, count, createQuestline, each, memoryStore, silentLogger, simple } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator } from "@questline/emulator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { USER, winningSeed } from "./winning-seed.ts";

const seed = winningSeed({
  leaderboards: [{ api_name: "BEST", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" }],
});

let emulator: Emulator;
let questline: ReturnType<typeof start>;

function start() {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: memoryStore(),
    graph: { baseUrl: emulator.url },
    delivery: { windowMs: 0, backoffMs: 20, maxBackoffMs: 50 },
    logger: silentLogger,
    achievements: { FIRST_WIN: simple(), WINS_100: count(100) },
    leaderboards: { BEST: board({ sort: "higher-is-better", writes: "server" }) },
    events: { won: each<object>(), counted: each<object>(), scored: each<object>() },
    rules: {
      won: ({ unlock }) => [unlock("FIRST_WIN")],
      counted: ({ addCount }) => [addCount("WINS_100", () => 1)],
      scored: ({ submitScore }) => [submitScore("BEST", () => 5)],
    },
  });
}

beforeEach(async () => {
  emulator = await createEmulator({ seed });
  questline = start();
});
afterEach(async () => {
  await questline.close({ timeoutMs: 0 });
  await emulator.close();
});

test.each(["0", "90000000000000009"])(
  "results of a player whom the platform does not know (%s) are dead letters",
  async (user) => {
    const match = questline.match("m");
    const ends = await Promise.all([match.report(user, "won", {}).settled, match.report(user, "counted", {}).settled]);
    expect(ends.flat()).toMatchObject([
      { status: "dead", reason: "refused-user" },
      { status: "dead", reason: "refused-user" },
    ]);
    const letters = await questline.deadLetters.list();
    expect(letters.map(({ maybeApplied, detail }) => [maybeApplied, detail?.includes("100/33")])).toEqual([
      [false, true],
      [false, true],
    ]);
  },
);

test("a score of such a player is one as well, and one that is refused for something else says so", async () => {
  const [end] = await questline.match("m").report("90000000000000009", "scored", {}).settled;
  expect(end).toMatchObject({ status: "dead", reason: "refused-user" });
  emulator.faults.add({
    operation: "leaderboards.submit",
    kind: "status",
    status: 400,
    error: { code: 100, message: "no" },
  });
  const [other] = await questline.match("m").report(USER, "scored", {}).settled;
  expect(other).toMatchObject({ status: "dead", reason: "refused-parameter" });
});

test("a plain refusal of the read is looked into as well", async () => {
  const error = { code: 100, message: "Invalid user id" };
  emulator.faults.add({ operation: "achievements.read", kind: "status", status: 400, error, times: "always" });
  const [end] = await questline.match("m").report("90000000000000009", "won", {}).settled;
  expect(end).toMatchObject({ status: "dead", reason: "refused-user" });
});

test("nobody is given up on while the platform knows the player, or does not say so itself", async () => {
  const nothing = { code: 100, error_subcode: 33, message: "does not exist, or missing permissions" };
  emulator.faults.add({ operation: "achievements.read", kind: "status", status: 400, error: nothing, times: 3 });
  emulator.faults.add({ operation: "users.get", kind: "garbage", status: 404, body: "no page", times: 1 });
  expect(await questline.match("m").report(USER, "won", {}).settled).toMatchObject([{ status: "delivered" }]);
  expect(questline.stats()).toMatchObject({ dead: 0, delivered: 1 });
});

test("a read that fails tells the receipt why it waits", async () => {
  const error = { code: 10, message: "not approved" };
  emulator.faults.add({ operation: "achievements.read", kind: "status", status: 403, error, times: "always" });
  const match = questline.match("m");
  await match.report(USER, "won", {}, { id: "1" }).durable;
  await expect
    .poll(() => questline.receipts({ userId: USER, matchId: "m" }))
    .toMatchObject([
      { status: "waiting", reason: "permission", last: { detail: expect.stringContaining("not approved") } },
    ]);
});
