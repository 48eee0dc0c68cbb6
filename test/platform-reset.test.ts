import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { count, createQuestline, memoryStore, oncePerMatch, simple, sqliteStore } from "@questline/core";
import type { Logger } from "@questline/core";
import { createEmulator } from "@questline/emulator";
import type { Emulator } from "@questline/emulator";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { USER, winningSeed } from "./winning-seed.ts";

const seed = winningSeed();

let folder: string;
let emulator: Emulator;
let warned: string[];
let matches = 0;
const ignore = (): void => undefined;
const logger: Logger = {
  debug: ignore,
  info: ignore,
  warn: (_fields, message) => void warned.push(message),
  error: ignore,
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "questline-resets-"));
  emulator = await createEmulator({ seed });
  warned = [];
});
afterEach(async () => {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

const start = (store: ReturnType<typeof memoryStore>) =>
  createQuestline({
    app: { id: "1", secret: "test-secret" },
    store,
    graph: { baseUrl: emulator.url },
    delivery: { windowMs: 0, quietPeriodMs: 200, takeoverQuietMs: 200, backoffMs: 20, maxBackoffMs: 50 },
    logger,
    achievements: { FIRST_WIN: simple(), WINS_100: count(100) },
    events: { won: oncePerMatch<object>() },
    rules: { won: ({ unlock, addCount }) => [unlock("FIRST_WIN"), addCount("WINS_100", () => 3)] },
  });

/** A match of its own, to its end. */
async function win(questline: ReturnType<typeof start>): Promise<string[]> {
  const ends = await questline.match(`m${(matches += 1)}`).report(USER, "won", {}).settled;
  return ends.map(({ status }) => status);
}
const standing = () => [
  emulator.world.progress(USER, "FIRST_WIN")?.unlocked ?? false,
  emulator.world.progress(USER, "WINS_100")?.count ?? 0n,
];

describe.each([
  ["in memory", () => memoryStore()],
  ["in a file", () => sqliteStore(join(folder, "questline.db"))],
] as const)("with results %s", (_, store) => {
  test("a player who joins after the emulator began anew gets everything again, and both worlds are named once", async () => {
    await using questline = start(store());
    const join = () => questline.users.verifyToken(emulator.world.mintUserToken("1", USER));
    await join();
    expect(await win(questline)).toEqual(["delivered", "delivered"]);
    expect(await win(questline)).toEqual(["suppressed", "delivered"]);
    const before = emulator.world.id;
    emulator.reset(seed);
    await join();
    expect(await win(questline)).toEqual(["delivered", "delivered"]);
    expect(standing()).toEqual([true, 3n]);
    const lines = warned.filter((line) => line.includes("world was reset"));
    expect(lines).toEqual([expect.stringContaining(`${before} -> ${emulator.world.id}`)]);
  });

  test("so does one who was wiped at the platform", async () => {
    await using questline = start(store());
    expect(await win(questline)).toEqual(["delivered", "delivered"]);
    emulator.world.removeAll(USER);
    await questline.users.verifyToken(emulator.world.mintUserToken("1", USER));
    expect(await win(questline)).toEqual(["delivered", "delivered"]);
    expect(standing()[0]).toBe(true);
    expect((await questline.announcements(USER)).map(({ id }) => id)).toEqual(["FIRST_WIN:0", "FIRST_WIN:1"]);
    expect(warned.filter((line) => line.includes("somebody reset it"))).not.toEqual([]);
  });
});

test("an emulator that began anew beside an old file is written to as it is", async () => {
  {
    await using questline = start(sqliteStore(join(folder, "questline.db")));
    expect(await win(questline)).toEqual(["delivered", "delivered"]);
  }
  emulator.reset(seed);
  await using questline = start(sqliteStore(join(folder, "questline.db")));
  expect(await win(questline)).toEqual(["delivered", "delivered"]);
  expect(standing()).toEqual([true, 3n]);
  expect((await questline.announcements(USER)).map(({ id }) => id)).toEqual(["FIRST_WIN:0", "FIRST_WIN:1"]);
});
