import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  board,
  count,
  createQuestline,
  memoryStore,
  oncePerMatch,
  silentLogger,
  simple,
  sqliteStore,
} from "@questline/core";
import type { LaneStore, Users } from "@questline/core";
import { playerAuth } from "@questline/colyseus";
import { createEmulator, type Emulator } from "@questline/emulator";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let emulator: Emulator;
let folder: string;
beforeEach(async () => {
  emulator = await createEmulator();
  folder = await mkdtemp(join(tmpdir(), "questline-forget-"));
});
afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

const OLD = Buffer.alloc(32, 8).toString("base64");
const NEW = Buffer.alloc(32, 9).toString("base64");

function game(store: LaneStore, tokens?: { key: string; previousKey?: string }, windowMs = 5) {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store,
    graph: { baseUrl: emulator.url },
    delivery: { windowMs, quietPeriodMs: 50, takeoverQuietMs: 50 },
    logger: silentLogger,
    achievements: { FIRST_WIN: simple(), WINS_100: count(100) },
    leaderboards: { BEST_TIME: board({ sort: "lower-is-better", writes: "client" }) },
    events: { matchEnded: oncePerMatch<{ timeMs: number }>() },
    rules: {
      matchEnded: ({ unlock, addCount, submitScore }) => [
        unlock("FIRST_WIN"),
        addCount("WINS_100", 1),
        submitScore("BEST_TIME", (e) => e.timeMs),
      ],
    },
    ...(tokens && { tokens }),
  });
}

/** Counts and scores wait for company until the test is over; unlocks leave at once. */
const UNSENT = 60_000;

/** Asks again while something of the player's is being sent just now. */
const forgetWhole = (questline: { users: Pick<Users, "forget"> }, userId: string): Promise<void> =>
  vi.waitFor(() => questline.users.forget(userId, { owedToo: true }), 20_000);

const newPlayer = (): { id: string; token: string } => {
  const { id } = emulator.world.createUser({ alias: "forgotten.ada" });
  return { id, token: emulator.world.mintUserToken("1", id) };
};

test.each([
  ["in memory", () => memoryStore()],
  ["in a file", () => sqliteStore(join(folder, "game.db"))],
])("a player %s is forgotten whole, and is new afterwards", async (_, store) => {
  await using questline = game(store());
  const ada = newPlayer();
  const heard: string[] = [];
  questline.users.onForget((userId) => heard.push(userId));
  await questline.users.verifyToken(ada.token);
  await questline.match("m-1").report(ada.id, "matchEnded", { timeMs: 81_250 }).settled;
  expect(await questline.receipts({ userId: ada.id })).toHaveLength(3);
  expect(await questline.announcements(ada.id)).toHaveLength(1);

  await questline.users.forget(ada.id);
  expect(heard).toEqual([ada.id]);
  expect(await questline.receipts({ userId: ada.id })).toEqual([]);
  expect(await questline.announcements(ada.id)).toEqual([]);
  expect(await questline.inspect({ user: ada.id })).toEqual([]);

  // The same match counts again, since nobody remembers it; a score waits for a token, since nobody has one.
  await questline.match("m-1").report(ada.id, "matchEnded", { timeMs: 80_000 }).durable;
  await questline.flush();
  expect(emulator.oracle.achievement(ada.id, "WINS_100").added).toBe(2n);
  expect(await questline.owed()).toMatchObject({ parked: 1 });
});

const whereResultsAre: readonly (readonly [string, () => LaneStore])[] = [
  ["in memory", () => memoryStore()],
  ["in a thread", () => sqliteStore(join(folder, "game.db"))],
];

test.each(whereResultsAre)(
  "what was reported before, however late it is stored, is forgotten, too (%s)",
  async (_, store) => {
    await using questline = game(store(), undefined, UNSENT);
    const ada = newPlayer();
    const bob = emulator.world.createUser({ alias: "kept.bob" });
    const before = Array.from({ length: 2_500 }, (_, n) =>
      questline.match(`m-${n}`).report(ada.id, "matchEnded", { timeMs: 81_250 }),
    );
    void questline.match("m-1").report(bob.id, "matchEnded", { timeMs: 81_250 });
    await forgetWhole(questline, ada.id);
    expect(await before.at(-1)?.durable).toEqual({ status: "accepted" });
    expect(await questline.inspect({ user: ada.id })).toEqual([]);
    expect(await questline.receipts({ userId: ada.id })).toEqual([]);
    expect(await questline.inspect({ user: bob.id })).toHaveLength(3);
  },
);

test("a report that is not stored yet is owed", async () => {
  await using questline = game(sqliteStore(join(folder, "game.db")));
  const { id } = newPlayer();
  await questline.ready;
  void questline.match("m-1").report(id, "matchEnded", { timeMs: 81_250 });
  await expect(questline.users.forget(id)).rejects.toMatchObject({ code: "still_owed" });
});

test("after a hot reload, either of the two forgets for both", async () => {
  const heard: string[] = [];
  const path = join(folder, "game.db");
  await using older = game(sqliteStore(path), { key: OLD }, UNSENT);
  older.users.onForget((userId) => heard.push(`older ${userId}`));
  const ada = newPlayer();
  await older.users.verifyToken(ada.token);
  await using newer = game(sqliteStore(path), { key: OLD }, UNSENT);
  newer.users.onForget((userId) => heard.push(`newer ${userId}`));
  const { durable } = older.match("m-1").report(ada.id, "matchEnded", { timeMs: 81_250 });
  await forgetWhole(older, ada.id);
  expect(await durable).toEqual({ status: "accepted" });
  expect(await newer.inspect({ user: ada.id })).toEqual([]);
  await newer.users.forget(ada.id);
  expect(heard.toSorted()).toEqual([`newer ${ada.id}`, `newer ${ada.id}`, `older ${ada.id}`, `older ${ada.id}`]);
});

test("a token given in the place of a user id is not shown", async () => {
  await using questline = game(memoryStore());
  const { token } = newPlayer();
  const short = token.slice(0, 40);
  const said = await Promise.all(
    [questline.users.forget(short), questline.users.vouch({ id: short }), playerAuth(questline, { id: short })].map(
      (asked) =>
        Promise.resolve(asked).then(
          () => "",
          (error: unknown) => String(error),
        ),
    ),
  );
  for (const words of said) {
    expect(words).toContain("text of 40 characters");
    expect(words).not.toContain(short.slice(0, 8));
  }
});

test("while something is owed, nothing is deleted unless told", async () => {
  await using questline = game(memoryStore());
  const { id } = newPlayer();
  await questline.match("m-1").report(id, "matchEnded", { timeMs: 81_250 }).durable;
  await questline.flush();
  await expect(questline.users.forget(id)).rejects.toMatchObject({ code: "still_owed", message: /1 results/ });
  expect(await questline.owed()).toMatchObject({ parked: 1 });
  await questline.users.forget(id, { owedToo: true });
  expect(await questline.owed()).toMatchObject({ owed: 0 });
  await expect(questline.users.forget("ada")).rejects.toMatchObject({ code: "bad_input" });
});

test("a failing listener is told, after all were asked", async () => {
  await using questline = game(memoryStore());
  const heard: string[] = [];
  questline.users.onForget(() => {
    throw new Error("the game's own database");
  });
  questline.users.onForget((userId) => heard.push(userId));
  await expect(questline.users.forget("42")).rejects.toThrow("the game's own database");
  expect(heard).toEqual(["42"]);
});

test("the key of kept tokens can be changed, and a token outlives it", async () => {
  const path = join(folder, "keys.db");
  const ada = newPlayer();
  const life = async (tokens: { key: string; previousKey?: string }, match: string, timeMs: number) => {
    await using questline = game(sqliteStore(path), tokens);
    if (match === "m-1") await questline.users.verifyToken(ada.token);
    await questline.match(match).report(ada.id, "matchEnded", { timeMs }).durable;
    await questline.flush();
    return (await questline.owed()).parked;
  };
  expect(await life({ key: OLD }, "m-1", 90_000)).toBe(0);
  expect(await life({ key: NEW, previousKey: OLD }, "m-2", 80_000)).toBe(0);
  // Sealed anew when it was used: the old key is not needed any more.
  expect(await life({ key: NEW }, "m-3", 70_000)).toBe(0);
  expect(emulator.world.entry("BEST_TIME", ada.id)?.score).toBe(70_000n);
});

test("neither the id nor the sealed token of a player is left in the file", async () => {
  const path = join(folder, "game.db");
  const ada = newPlayer();
  const played = game(sqliteStore(path), { key: OLD });
  await played.users.verifyToken(ada.token);
  for (let match = 0; match < 20; match += 1) {
    await played.match(`m-${match}`).report(ada.id, "matchEnded", { timeMs: 81_250 - match }).durable;
    await played.flush();
  }
  await played.close();
  const database = new DatabaseSync(path, { readOnly: true });
  const sealed = String(database.prepare("SELECT sealed FROM tokens").get()?.["sealed"]);
  database.close();
  const copies = async (text: string): Promise<number> => {
    const files = (await readdir(folder)).filter((name) => name.startsWith("game.db"));
    const bytes = await Promise.all(files.map((name) => readFile(join(folder, name), "latin1")));
    return bytes.join().split(text).length - 1;
  };
  expect([await copies(ada.id), await copies(sealed)].every((found) => found > 0)).toBe(true);

  const questline = game(sqliteStore(path), { key: NEW, previousKey: OLD });
  await questline.match("m-21").report(ada.id, "matchEnded", { timeMs: 70_000 }).durable;
  await questline.flush();
  await questline.users.forget(ada.id);
  await questline.close();
  expect([await copies(ada.id), await copies(sealed)]).toEqual([0, 0]);
});
