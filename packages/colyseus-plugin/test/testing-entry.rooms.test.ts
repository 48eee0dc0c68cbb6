import { count, each, oncePerMatch, board, simple } from "@questline/core";
import { definePlugins, Room, type Client } from "colyseus";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { UNLOCKED } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createQuestlineTest, questlineMatchers, type QuestlineTest } from "../src/testing/index.ts";
import { heard } from "./rooms-scene.ts";

const definition = {
  achievements: { FIRST_WIN: simple(), KILLS_3: count(3) },
  leaderboards: { POINTS: board({ sort: "higher-is-better", writes: "server" }) },
  events: { kill: each<{ points: number }>(), matchEnded: oncePerMatch<{ won: boolean; points: number }>() },
} as const;

const startGame = () =>
  createQuestlineTest({
    ...definition,
    rules: {
      kill: ({ addCount }) => [addCount("KILLS_3", 1)],
      matchEnded: ({ unlock, submitScore }) => [
        unlock("FIRST_WIN").when((end) => end.won),
        submitScore("POINTS", (end) => end.points),
      ],
    },
    delivery: { windowMs: 60_000, quietPeriodMs: 15_000, backoffMs: 30_000 },
    rooms: (questline) => ({
      duel: class extends Room {
        static override onAuth = questlineAuth(questline);
        override plugins = definePlugins([questlinePlugin(questline)]);
        override messages = {
          kill: (client: Client) => this.plugins.questline.report(client, "kill", { points: 5 }),
          finish: (winner: Client) =>
            this.plugins.questline.endMatch("matchEnded", ({ sessionId, tally }) => ({
              won: sessionId === winner.sessionId,
              points: tally.sum("kill", "points"),
            })),
        };
      },
    }),
  });

let game: Awaited<ReturnType<typeof startGame>>;
beforeEach(async () => {
  for (const level of ["info", "warn", "log"] as const) vi.spyOn(console, level).mockImplementation(() => {});
  game = await startGame();
});
afterEach(async () => {
  await game.close();
  vi.restoreAllMocks();
});

test("a match is played, time passes at once, and the matchers see what arrived", async () => {
  const ada = await game.join("duel", "ada");
  const grace = await game.join("duel", game.player("grace"));
  expect(grace.roomId).toBe(ada.roomId);
  const notices = heard(ada, UNLOCKED);
  const wantKills = (kills: number) =>
    vi.waitFor(() => expect(game.questline.stats().events).toBe(kills), { interval: 2 });
  for (let kill = 0; kill < 3; kill++) ada.send("kill");
  await wantKills(3);
  expect(game.player("ada")).not.toHaveUnlocked("KILLS_3");
  ada.send("finish");
  await wantKills(5);
  expect(await game.settle()).toMatchObject({ owed: 0, dead: 0 });

  expect(game.player("ada")).toHaveUnlocked("KILLS_3");
  expect(game.player("ada")).toHaveUnlocked("FIRST_WIN");
  expect(game.player("ada")).toHaveScore("POINTS", 15);
  expect(game.player("grace")).not.toHaveUnlocked("FIRST_WIN");
  expect(game.player("grace")).toHaveScore("POINTS", 0n);
  expect(game.player("grace")).not.toHaveScore("POINTS", 15);
  expect(game.player("ada").count("KILLS_3")).toBe(3n);
  await vi.waitFor(() => expect(notices).toHaveLength(2), { interval: 2 });
});

test("back-offs and quiet periods of minutes pass in a moment", async () => {
  game.emulator.faults.add({ operation: "achievements.write", kind: "status", status: 500 });
  game.emulator.faults.add({ operation: "achievements.write", kind: "resetAfter" });
  const ada = await game.join("duel", "ada");
  const before = game.clock.now();
  for (let kill = 0; kill < 2; kill++) ada.send("kill");
  await vi.waitFor(() => expect(game.questline.stats().events).toBe(2), { interval: 2 });
  expect(await game.settle()).toMatchObject({ owed: 0, dead: 0 });
  expect(game.player("ada").count("KILLS_3")).toBe(2n);
  expect(game.clock.now() - before).toBeGreaterThan(15_000);
});

test("a matcher that fails says what there is, and what to do", async () => {
  const ada = game.player("ada");
  expect(() => expect(ada).toHaveUnlocked("FIRST_WIN")).toThrow(
    /ada has not unlocked FIRST_WIN\nunlocked: nothing; count 0\n.*await game\.settle\(\) first/,
  );
  expect(() => expect(ada).toHaveScore("POINTS", 3)).toThrow(/ada has not the score 3 in POINTS\nscore: none/);
  expect(() => expect(ada).toHaveUnlocked("FIRST_WINN")).toThrow(/FIRST_WINN/);
  expect(() => expect("ada").toHaveScore("POINTS")).toThrow(/game\.player\(alias\), not at string/);
  expect(questlineMatchers.toHaveUnlocked(ada, "FIRST_WIN").pass).toBe(false);
});

test("a player is the same at every call, and a second game may follow the first", async () => {
  const ada = game.player("ada");
  expect(game.player("ada")).toBe(ada);
  await game.close();
  await using second: QuestlineTest = await startGame();
  expect(second.player("ada").id).not.toBe("");
  expect(second.emulator.url).not.toBe(game.emulator.url);
});
