import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as core from "@questline/core";
import type { Logger, Questline } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator } from "@questline/emulator";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const USER = "80000000000000001";

let folder: string;
let emulator: Emulator;
const running: Questline[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-reload-"));
  emulator = await createEmulator();
  emulator.world.createUser({ alias: "amber", ids: { "1": USER } });
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((questline) => questline.close({ timeoutMs: 0 })));
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

interface Version {
  /** Where results are delivered. */
  readonly where: "thread" | "here";
  /** What a round adds, by this version's rule. */
  readonly adds?: number;
  readonly module?: typeof core;
  readonly app?: string;
  readonly file?: string;
}

/** The game's module, as it is evaluated once more at each edit. */
function load({ where, adds = 1, module = core, app = "1", file = "questline.db" }: Version) {
  const said: string[] = [];
  const hear =
    (level: string) =>
    (_fields: object, message: string): void =>
      void (message.startsWith("The platform's") || said.push(`${level} ${message}`));
  const logger: Logger = { debug: () => {}, info: hear("info"), warn: hear("warn"), error: hear("error") };
  const questline = module.createQuestline({
    app: { id: app, secret: where === "here" ? () => "test-secret" : "test-secret" },
    store: module.sqliteStore(join(folder, file)),
    graph: { baseUrl: emulator.url, timeoutMs: 2_000 },
    delivery: { windowMs: 60_000, quietPeriodMs: 200 },
    logger,
    achievements: { WINS_100: module.count(100) },
    events: { roundWon: module.each<object>() },
    rules: { roundWon: ({ addCount }) => [addCount("WINS_100", adds).named("round")] },
  });
  running.push(questline as unknown as Questline);
  const outcomes: string[] = [];
  questline.onOutcome(({ status }) => void outcomes.push(status));
  const report = (id: string) => questline.match("arena:1").report(USER, "roundWon", {}, { id });
  return { questline, report, outcomes, said };
}

const added = (): bigint => emulator.oracle.achievement(USER, "WINS_100")?.added ?? 0n;
const TAKES_OVER = /^warn A Questline of this process holds this file already/;

test.each(["thread", "here"] as const)(
  "a module that is evaluated again takes the file over; who still has the older one is served by the newer (%s)",
  async (where) => {
    const older = load({ where });
    const round = older.questline.match("arena:1");
    const early = older.report("1");
    expect(await early.durable).toEqual({ status: "accepted" });
    const settled = early.settled;
    const newer = load({ where, adds: 10 });
    expect(await older.report("1").durable).toEqual({ status: "duplicate" });
    expect(await round.report(USER, "roundWon", {}, { id: "2" }).durable).toEqual({ status: "accepted" });
    expect(await newer.report("3").durable).toEqual({ status: "accepted" });
    expect(newer.said).toEqual([expect.stringMatching(TAKES_OVER)]);
    expect([older, newer].map(({ questline }) => questline.health())).toEqual([
      { status: "running", restarts: 0 },
      { status: "running", restarts: 0 },
    ]);
    expect(await older.questline.receipts({ userId: USER, matchId: "arena:1" })).toHaveLength(3);
    await older.questline.flush();
    expect(await settled).toMatchObject([{ status: "delivered" }]);
    expect(added()).toBe(21n);
    expect(older.outcomes.length).toBeGreaterThan(0);

    expect(await older.questline.close()).toMatchObject({ owed: 0 });
    expect(await older.report("4").durable).toMatchObject({
      status: "refused",
      reason: expect.stringMatching(/closed/),
    });
    expect(await newer.report("4").durable).toEqual({ status: "accepted" });
    await newer.questline.flush();
    expect(added()).toBe(31n);
    expect([...older.said, ...newer.said].filter((line) => line.startsWith("error"))).toEqual([]);
  },
);

test.each(["thread", "here"] as const)(
  "several in one turn: the last one has the file, and what was reported to each is kept once (%s)",
  async (where) => {
    const all = [load({ where }), load({ where }), load({ where })];
    const reported = all.map(({ report }, index) => report(String(index)));
    expect(await Promise.all(reported.map(({ durable }) => durable))).toEqual(all.map(() => ({ status: "accepted" })));
    await Promise.all(all.map(({ questline }) => questline.ready));
    await all[0]?.questline.flush();
    expect(added()).toBe(3n);
    expect(await Promise.all(reported.map(({ settled }) => settled))).toMatchObject(
      all.map(() => [{ status: "delivered" }]),
    );
  },
);

test("what waits in memory for a file that another one holds goes to the newer one", async () => {
  const holder = load({ where: "thread", app: "2" });
  await holder.questline.ready;
  const older = load({ where: "thread" });
  const { durable } = older.report("1");
  await vi.waitFor(() => expect(older.questline.health().status).toBe("waiting"), 20_000);
  const newer = load({ where: "thread", adds: 10 });
  const late = newer.report("2");
  await holder.questline.close();
  await Promise.all([older.questline.ready, newer.questline.ready]);
  expect([await durable, await late.durable]).toEqual([{ status: "accepted" }, { status: "accepted" }]);
  await newer.questline.flush();
  expect(added()).toBe(11n);
});

test("the file is known by whatever name it is reached, and by every copy of the package", async () => {
  const older = load({ where: "thread" });
  await older.questline.ready;
  await symlink(join(folder, "questline.db"), join(folder, "link.db"));
  vi.resetModules();
  const copy = await import("@questline/core");
  expect(copy.createQuestline).not.toBe(core.createQuestline);
  const newer = load({ where: "thread", module: copy, file: "link.db" });
  expect(await older.report("1").durable).toEqual({ status: "accepted" });
  await newer.questline.flush();
  expect({ added: added(), said: newer.said }).toEqual({ added: 1n, said: [expect.stringMatching(TAKES_OVER)] });
});

test.each([
  ["a linked folder, whose last directory is made later", "linked/data/questline.db", "real/data"],
  ["a link to a file whose directories are made later", "linked.db", "real/deep/data"],
])("the file is known by %s", async (_, file, directory) => {
  await mkdir(join(folder, "real"));
  await symlink(join(folder, "real"), join(folder, "linked"));
  await symlink("linked/deep/data/questline.db", join(folder, "linked.db"));
  const older = load({ where: "thread", file });
  await vi.waitFor(() => expect(older.questline.health().status).toBe("waiting"), 20_000);
  await mkdir(join(folder, directory), { recursive: true });
  await older.questline.ready;
  const newer = load({ where: "thread", file });
  expect(newer.said).toEqual([expect.stringMatching(TAKES_OVER)]);
  await newer.questline.ready;
  expect(await older.report("1").durable).toEqual({ status: "accepted" });
});

test("one of another app takes nothing over: it waits", async () => {
  const first = load({ where: "thread" });
  await first.questline.ready;
  const other = load({ where: "thread", app: "2" });
  await vi.waitFor(() => expect(other.questline.health()).toMatchObject({ status: "waiting" }), 20_000);
  expect(await first.report("1").durable).toEqual({ status: "accepted" });
  await first.questline.close();
  await other.questline.ready;
});

const NEWER_CLOSED = "The newer Questline that took this file over was closed.";
const ORDERS = ["012", "021", "102", "120", "201", "210"].map((order) => [...order].map(Number));

test.each(ORDERS)(
  "of three over one file, closed in the order %i, %i, %i, those that are left are served as long as the last one is open, and again by a fourth",
  async (...order) => {
    const three = [load({ where: "here" }), load({ where: "here" }), load({ where: "here" })];
    await Promise.all(three.map(({ questline }) => questline.ready));
    const token = emulator.world.mintUserToken("1", USER);
    const open = new Set([0, 1, 2]);
    let rounds = 0n;
    for (const closed of order) {
      await three[closed]?.questline.close();
      open.delete(closed);
      for (const index of open) {
        const { questline, report } = three[index] as (typeof three)[0];
        expect(await questline.users.verifyToken(token)).toMatchObject({ id: USER });
        const durable = await report(`${closed} ${index}`).durable;
        if (open.has(2)) {
          rounds += 1n;
          expect([durable, questline.health().status]).toEqual([{ status: "accepted" }, "running"]);
        } else {
          expect(durable).toEqual({ status: "refused", reason: NEWER_CLOSED });
          expect(questline.health()).toEqual({ status: "closed", restarts: 0, problem: NEWER_CLOSED });
          await expect(questline.owed()).rejects.toThrow(NEWER_CLOSED);
        }
      }
      if (open.has(2) || open.size === 0) continue;
      const fourth = load({ where: "here" });
      await fourth.questline.ready;
      expect(fourth.said).toEqual([]);
      for (const index of open) {
        const { questline, report, outcomes } = three[index] as (typeof three)[0];
        const heard = outcomes.length;
        expect(await report(`fourth ${closed} ${index}`).durable).toEqual({ status: "accepted" });
        rounds += 1n;
        expect(questline.health()).toEqual({ status: "running", restarts: 0 });
        await questline.flush();
        expect(outcomes.length).toBeGreaterThan(heard);
      }
      await fourth.questline.close();
    }
    const last = load({ where: "here" });
    await last.questline.flush();
    expect({ added: added(), said: last.said }).toEqual({ added: rounds, said: [] });
  },
);

test.each([
  ["older first", "thread", [0, 1, 2]],
  ["newer first", "thread", [2, 1, 0]],
  ["older first", "here", [0, 1, 2]],
  ["newer first", "here", [2, 1, 0]],
] as const)(
  "closed at the same time, as a process ends, all say what is owed, and log nothing (%s, %s)",
  async (_, where, order) => {
    const three = [load({ where }), load({ where }), load({ where })];
    await Promise.all(three.map(({ questline }) => questline.ready));
    const { durable } = three[0]?.report("1") ?? expect.fail();
    expect(await durable).toEqual({ status: "accepted" });
    await emulator.close();
    const debts = await Promise.all(order.map((index) => three[index]?.questline.close({ timeoutMs: 300 })));
    for (const debt of debts) {
      expect(debt).toMatchObject({ owed: 1 });
      expect(debt).not.toHaveProperty("problem");
    }
    const late = load({ where });
    await late.questline.ready;
    expect(await late.questline.owed()).toMatchObject({ owed: 1 });
    expect(three.flatMap(({ said }) => said).filter((line) => line.startsWith("error"))).toEqual([]);
  },
);

test("an older one that is closed after the newer one says what was owed as that one closed", async () => {
  const older = load({ where: "thread" });
  const newer = load({ where: "thread" });
  await newer.questline.ready;
  expect(await older.report("1").durable).toEqual({ status: "accepted" });
  await emulator.close();
  const debts = await newer.questline.close({ timeoutMs: 0 });
  expect(debts).toMatchObject({ owed: 1 });
  expect(await older.questline.close()).toEqual(debts);
  expect(older.said).toEqual([]);
});

test("a player who is forgotten through any of three is forgotten by the listeners of all, once each", async () => {
  const heard: string[] = [];
  const three = [load({ where: "here" }), load({ where: "here" }), load({ where: "here" })];
  for (const [index, { questline }] of three.entries()) questline.users.onForget(() => heard.push(`of ${index}`));
  await Promise.all(three.map(({ questline }) => questline.ready));
  for (const { questline } of three) {
    await questline.users.forget(USER, { owedToo: true });
    expect(heard.splice(0).toSorted()).toEqual(["of 0", "of 1", "of 2"]);
  }
  await three[1]?.questline.close();
  await three[0]?.questline.users.forget(USER);
  expect(heard.splice(0)).toEqual(expect.arrayContaining(["of 0", "of 2"]));
});

test.each(["thread", "here"] as const)(
  "where the file was deleted under the older one, one line of the takeover says where the results are (%s)",
  async (where) => {
    const older = load({ where });
    expect(await older.report("1").durable).toEqual({ status: "accepted" });
    await rm(join(folder, "questline.db"));
    const newer = load({ where });
    await newer.questline.ready;
    const told = older.said.filter((line) => /^error The file was moved, deleted .* stays in the lost file/.test(line));
    expect([told.length, newer.said]).toEqual([1, [expect.stringMatching(TAKES_OVER)]]);
    expect(await older.report("2").durable).toEqual({ status: "accepted" });
  },
);
