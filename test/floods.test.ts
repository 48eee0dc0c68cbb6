import { createQuestline, memoryStore, oncePerMatch, silentLogger, simple } from "@questline/core";
import type { QuestlineOptions } from "@questline/core";
import { createEmulator, type Emulator } from "@questline/emulator";
import { afterEach, beforeEach, expect, test } from "vitest";

let emulator: Emulator;
beforeEach(async () => {
  emulator = await createEmulator();
});
afterEach(() => emulator.close());

const made: AsyncDisposable[] = [];
afterEach(async () => {
  for (const questline of made.splice(0)) await questline[Symbol.asyncDispose]();
});

function game(more: Partial<QuestlineOptions<any, any, any>> = {}) {
  const questline = createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: memoryStore(),
    graph: { baseUrl: emulator.url },
    delivery: { windowMs: 5, quietPeriodMs: 50 },
    logger: silentLogger,
    achievements: { FIRST_WIN: simple() },
    events: { matchEnded: oncePerMatch<{ won: boolean }>() },
    rules: { matchEnded: ({ unlock }) => [unlock("FIRST_WIN")] },
    ...more,
  });
  made.push(questline);
  return questline;
}
const calls = (): number =>
  emulator.requests.count({ operation: "users.me" }) + emulator.requests.count({ operation: "users.get" });
const codes = async (joins: readonly Promise<unknown>[]): Promise<ReadonlyMap<unknown, number>> => {
  const counted = new Map<unknown, number>();
  for (const join of await Promise.allSettled(joins)) {
    const code: unknown = join.status === "rejected" ? (join.reason as { code: unknown }).code : "in";
    counted.set(code, (counted.get(code) ?? 0) + 1);
  }
  return counted;
};
const bogus = (count: number): string[] => Array.from({ length: count }, (_, index) => `FRL-bogus-${index}-test-token`);

test("2,000 bogus joins of nowhere make at most 182 calls, and a player with an address is in meanwhile", async () => {
  const questline = game();
  await questline.ready;
  const ada = emulator.world.createUser({ alias: "flooded.ada" });
  const token = emulator.world.mintUserToken("1", ada.id);
  const flood = bogus(2_000).map((each) => questline.users.verifyToken(each));
  const ended: string[] = [];
  const all = codes(flood).then((counted) => (ended.push("flood"), counted));
  const honest = await questline.users.verifyToken(token, { from: "198.51.100.7" });
  expect(honest.id).toBe(ada.id);
  const counted = await all;
  expect(calls()).toBeGreaterThan(2);
  expect(counted.get("identity_busy")).toBeGreaterThan(1_800);
  // 3,000 a minute, of which a refusal costs 20; those under way by then; the player's two.
  expect(calls()).toBeLessThanOrEqual(150 + 32 + 2);
  // Known by now: no call, and no place in anybody's way.
  const before = calls();
  expect(await questline.users.verifyToken(token)).toMatchObject({ id: ada.id });
  expect(calls()).toBe(before);
});

test("one address that floods stands in nobody else's way", async () => {
  const questline = game();
  const flood = codes(bogus(2_000).map((each) => questline.users.verifyToken(each, { from: "203.0.113.66" })));
  for (let player = 0; player < 20; player++) {
    const { id } = emulator.world.createUser({ alias: `beside.${player}` });
    const token = emulator.world.mintUserToken("1", id);
    expect(await questline.users.verifyToken(token, { from: `198.51.100.${player}` })).toMatchObject({ id });
  }
  expect((await flood).get("identity_refused")).toBeLessThanOrEqual(8);
  expect(calls()).toBeLessThanOrEqual(8 + 40);
});

test("while Meta fails, a join costs one call", async () => {
  const questline = game();
  emulator.faults.chance({
    probability: 1,
    kinds: [{ kind: "status", status: 503 }],
    operations: ["users.me"],
    seed: 1,
  });
  await codes(bogus(3).map((each) => questline.users.verifyToken(each)));
  const before = calls();
  const counted = await codes(bogus(50).map((each) => questline.users.verifyToken(`${each}-more`)));
  expect(counted.get("platform_unavailable")).toBe(50);
  expect(calls() - before).toBe(50);
});

test.each([
  ["in memory", {}],
  ["with a secret that a function gives", { app: { id: "1", secret: () => "test-secret" } }],
])("a delivery %s does not wait behind joins that hang", async (_, options) => {
  const questline = game(options);
  await questline.ready;
  const { id } = emulator.world.createUser({ alias: "delivered" });
  emulator.faults.chance({
    probability: 1,
    kinds: [{ kind: "latency", ms: 600_000 }],
    operations: ["users.me"],
    seed: 1,
  });
  const flood = codes(bogus(500).map((each) => questline.users.verifyToken(each)));
  await questline.match("m-1").report(id, "matchEnded", { won: true }).settled;
  expect(emulator.world.progress(id, "FIRST_WIN").unlocked).toBe(true);
  await questline.close({ timeoutMs: 10 });
  expect((await flood).get("in")).toBeUndefined();
});
