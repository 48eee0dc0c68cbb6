import { expect } from "vitest";
import type { WorldSnapshot } from "@questline/emulator";
import type { RestartStory } from "./restart-story.ts";

/** Every effect of the match end is there, once: three wins added, not six, and the score exact above 2^53. */
export function expectDeliveredOnce({ reported, killedBy, reportedAgain, debts, world }: RestartStory): void {
  expect({ reported, killedBy, reportedAgain }).toEqual({
    reported: "accepted",
    killedBy: "SIGKILL",
    reportedAgain: "duplicate",
  });
  expect(debts).toMatchObject({ owed: 0, dead: 0 });
  expectEffects(world);
}

/** What the match end of `report-match.mjs` makes of an empty world. */
export function expectEffects(world: WorldSnapshot): void {
  const ada = world.users.find((user) => user.alias === "ada");
  const progress = ada?.achievements.map(({ apiName, count, unlocked }) => ({ apiName, count, unlocked }));
  expect(progress).toHaveLength(2);
  expect(progress).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ apiName: "FIRST_WIN", unlocked: true }),
      { apiName: "WINS_100", count: "3", unlocked: false },
    ]),
  );
  expect(world.apps[0]?.leaderboards[0]?.entries.map(({ userId, score }) => ({ userId, score }))).toEqual([
    { userId: "80000000000000001", score: "9007199254740993" },
  ]);
}
