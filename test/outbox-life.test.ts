import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { board, count, createQuestline, oncePerMatch, silentLogger, simple, sqliteStore } from "@questline/core";
import type { Questline } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator, Seed } from "@questline/emulator";
import { afterEach, beforeEach, expect, test } from "vitest";

const USER = "80000000000000001";
const TOKEN = "FRL-outbox-life-test-token";
const KEY = Buffer.alloc(32, 9).toString("base64");
const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;
const seed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      achievements: [
        { api_name: "FIRST_WIN", achievement_type: "SIMPLE", ...server },
        { api_name: "WINS_100", achievement_type: "COUNT", target: 100, ...server },
      ],
      leaderboards: [
        { api_name: "BEST_TIME", sort_order: "LOWER_IS_BETTER", entry_write_policy: "CLIENT_AUTHORITATIVE" },
      ],
    },
  ],
  users: [{ alias: "amber", ids: { "1": USER }, tokens: { "1": [TOKEN] } }],
};

interface MatchEnded {
  readonly won: boolean;
  readonly timeMs: number;
}

let folder: string;
let emulator: Emulator;
const running: Questline[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-life-"));
  emulator = await createEmulator({ seed });
});
afterEach(async () => {
  for (const questline of running.splice(0)) await questline.close({ timeoutMs: 0 }).catch(() => undefined);
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

const start = async (more: { key?: string; maxLanes?: number } = {}) => {
  const { key, maxLanes } = more;
  const questline = createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: sqliteStore(join(folder, "questline.db"), maxLanes === undefined ? {} : { maxLanes }),
    graph: { baseUrl: emulator.url, timeoutMs: 2_000 },
    delivery: { windowMs: 0, quietPeriodMs: 200, backoffMs: 20, maxBackoffMs: 50 },
    logger: silentLogger,
    ...(key === undefined ? {} : { tokens: { key } }),
    achievements: { FIRST_WIN: simple(), WINS_100: count(100), MISSING: simple() },
    leaderboards: { BEST_TIME: board({ sort: "lower-is-better", writes: "client" }) },
    events: { matchEnded: oncePerMatch<MatchEnded>(), oddity: oncePerMatch<object>() },
    rules: {
      matchEnded: ({ unlock, addCount, submitScore }) => [
        unlock("FIRST_WIN").when((e) => e.won),
        addCount("WINS_100", 1).when((e) => e.won),
        submitScore("BEST_TIME", (e) => e.timeMs),
      ],
      oddity: ({ unlock }) => [unlock("MISSING")],
    },
  });
  running.push(questline);
  await questline.ready;
  return questline;
};

/** Waits for a state that other processes' threads bring about. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 400; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("It did not come about within four seconds.");
}

const won = { won: true, timeMs: 81_250 };

test("receipts tell what became of each rule, and why, with the platform's last answer", async () => {
  const questline = await start();
  const match = questline.match("duel:1");
  await match.report(USER, "matchEnded", won).durable;
  await match.report(USER, "oddity", {}).settled;
  await questline.flush();
  const receipts = await questline.receipts({ userId: USER, matchId: "duel:1" });
  expect(receipts.map(({ rule, status, waiting, reason }) => ({ rule, status, waiting, reason }))).toEqual([
    { rule: "matchEnded/unlock/FIRST_WIN", status: "delivered", waiting: undefined, reason: undefined },
    { rule: "matchEnded/addCount/WINS_100", status: "delivered", waiting: undefined, reason: undefined },
    { rule: "matchEnded/submitScore/BEST_TIME", status: "waiting", waiting: "parked", reason: "user-token" },
    { rule: "oddity/unlock/MISSING", status: "dead", waiting: undefined, reason: "refused-parameter" },
  ]);
  expect(receipts[3]?.last).toMatchObject({ status: "rejected", reason: "refused-parameter" });
  expect(receipts[3]?.last?.detail).toMatch(/achievements\.write/);
  expect(await questline.receipts({ userId: USER, matchId: "duel:2" })).toEqual([]);
});

test("with a key, a score of the player's own survives a restart, and no token lies in the clear", async () => {
  const first = await start({ key: KEY });
  await first.users.verifyToken(TOKEN);
  emulator.faults.add({
    operation: "leaderboards.submit",
    kind: "status",
    status: 503,
    error: { code: 2 },
    times: "always",
  });
  await first.match("duel:1").report(USER, "matchEnded", won).durable;
  await first.close({ timeoutMs: 100 });
  const files = (await readdir(folder)).filter((name) => name.startsWith("questline.db"));
  const bytes = await Promise.all(files.map((name) => readFile(join(folder, name))));
  expect(Buffer.concat(bytes).includes(TOKEN)).toBe(false);

  emulator.faults.clear();
  await start({ key: KEY });
  await until(async () => emulator.world.entry("BEST_TIME", USER)?.score === 81_250n);
});

test("without a key it waits for the player, and another key opens nothing", async () => {
  const first = await start({ key: KEY });
  await first.users.verifyToken(TOKEN);
  emulator.faults.add({
    operation: "leaderboards.submit",
    kind: "status",
    status: 503,
    error: { code: 2 },
    times: "always",
  });
  await first.match("duel:1").report(USER, "matchEnded", won).durable;
  await first.close({ timeoutMs: 100 });
  emulator.faults.clear();

  const second = await start({ key: Buffer.alloc(32, 8).toString("base64") });
  await until(async () => (await second.owed()).parked === 1);
  await second.close({ timeoutMs: 100 });
  const third = await start();
  await until(async () => (await third.owed()).parked === 1);
  expect(emulator.world.entry("BEST_TIME", USER)).toBeUndefined();
  await third.users.verifyToken(TOKEN);
  await until(async () => emulator.world.entry("BEST_TIME", USER)?.score === 81_250n);
});

test("an unlock is announced until it is acknowledged, over restarts, once", async () => {
  const first = await start();
  await first.match("duel:1").report(USER, "matchEnded", won).durable;
  await first.flush();
  await first.close({ timeoutMs: 100 });
  const second = await start();
  const announced = await second.announcements(USER);
  expect(announced.map(({ id, achievement }) => ({ id, achievement }))).toEqual([
    { id: "FIRST_WIN:0", achievement: "FIRST_WIN" },
  ]);
  expect(await second.acknowledge(USER, ["FIRST_WIN:0", "NOBODYS:0"])).toBe(1);
  expect(await second.announcements(USER)).toEqual([]);
});

test("a dead letter that may have been applied is sent again only when a person says so", async () => {
  const questline = await start();
  await questline.match("duel:0").report(USER, "matchEnded", won).durable;
  await questline.flush();
  emulator.faults.add({ operation: "achievements.write", kind: "resetAfter" });
  await questline.match("duel:1").report(USER, "matchEnded", won).durable;
  await until(async () => (await questline.owed()).inDoubt === 1);
  emulator.world.addForeign(USER, "WINS_100", { count: 7 });
  await until(async () => (await questline.owed()).dead === 1);
  const [letter] = await questline.deadLetters.list({ userId: USER });
  expect(letter).toMatchObject({ reason: "foreign-writer", maybeApplied: true });
  const id = letter?.id ?? -1;
  await expect(questline.deadLetters.requeue(id)).rejects.toMatchObject({ code: "bad_input" });
  expect(await questline.deadLetters.requeue(id, { maybeApplied: "send-again" })).toBe(true);
  await questline.flush();
  expect(emulator.oracle.achievement(USER, "WINS_100").added).toBe(3n);
  expect(await questline.deadLetters.list()).toEqual([]);
});

test("a full store refuses new targets with a reason, and keeps taking what it knows", async () => {
  const questline = await start({ maxLanes: 3 });
  expect(await questline.match("duel:1").report(USER, "matchEnded", won).durable).toEqual({ status: "accepted" });
  const refused = await questline.match("duel:1").report("80000000000000002", "matchEnded", won).durable;
  expect(refused).toMatchObject({ status: "refused" });
  expect(await questline.match("duel:2").report(USER, "matchEnded", won).durable).toEqual({ status: "accepted" });
  expect(questline.stats().refused).toBe(1);
});

test("progress wiped at the platform counts from zero once it is forgotten here", async () => {
  const questline = await start();
  await questline.match("duel:1").report(USER, "matchEnded", won).durable;
  await questline.flush();
  emulator.world.removeAll(USER);
  expect(await questline.forgetProgress(USER)).toBeGreaterThanOrEqual(2);
  await questline.match("duel:2").report(USER, "matchEnded", won).durable;
  await until(async () => emulator.world.progress(USER, "WINS_100").count === 1n);
  await until(async () => emulator.world.progress(USER, "FIRST_WIN").unlocked);
});
