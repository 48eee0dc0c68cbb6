import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as core from "@questline/core";
import type { Questline } from "@questline/core";
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

/** A game whose board only players' own tokens write to. */
function loadBoard(module: typeof core = core) {
  const questline = module.createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: module.sqliteStore(join(folder, "board.db")),
    graph: { baseUrl: emulator.url, timeoutMs: 2_000 },
    delivery: { windowMs: 50, quietPeriodMs: 200 },
    logger: core.silentLogger,
    achievements: {},
    leaderboards: { BEST_TIME: module.board({ sort: "lower-is-better", writes: "client" }) },
    events: { lapEnded: module.each<{ readonly score: number }>() },
    rules: {
      lapEnded: ({ submitScore }) => [submitScore("BEST_TIME", ({ score }: { readonly score: number }) => score)],
    },
  });
  running.push(questline as unknown as Questline);
  const wanted: string[] = [];
  questline.onTokenWanted(({ userId }) => wanted.push(userId));
  const settled = (score: number) =>
    questline.match("track:1").report(USER, "lapEnded", { score }, { id: `${score}` }).settled;
  return { questline, settled, wanted };
}

test("the token of a player who is online goes on to the newer one, also to another copy of the package", async () => {
  const older = loadBoard();
  await older.questline.ready;
  await older.questline.users.verifyToken(emulator.world.mintUserToken("1", USER));
  vi.resetModules();
  const newer = loadBoard(await import("@questline/core"));
  await newer.questline.ready;
  expect(await older.settled(9)).toMatchObject([{ status: "delivered" }]);
  expect(await newer.settled(7)).toMatchObject([{ status: "delivered" }]);
  expect([...older.wanted, ...newer.wanted]).toEqual([]);
});

test("a token that came while nobody had the file goes on to the next one, which sends what waited for it", async () => {
  const older = loadBoard();
  const newer = loadBoard();
  await newer.questline.ready;
  const settled = older.settled(7);
  await vi.waitFor(() => expect(older.wanted).toEqual([USER]), 20_000);
  await newer.questline.close();
  await older.questline.users.verifyToken(emulator.world.mintUserToken("1", USER));
  const next = loadBoard();
  await next.questline.ready;
  await vi.waitFor(async () => expect(await next.questline.owed()).toMatchObject({ owed: 0 }), 20_000);
  expect(await settled).toMatchObject([{ status: "owed" }]);
  expect(next.questline.stats().delivered).toBe(1);
});
