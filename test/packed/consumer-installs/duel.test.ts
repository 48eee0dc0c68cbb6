import { attach, questlineAuth } from "@questline/colyseus/attach";
import { createQuestlineTest } from "@questline/colyseus/testing";
import { count, oncePerMatch, simple } from "@questline/core";
import { Room, type Client } from "colyseus";
import { expect, test } from "vitest";

test("a match is played, and the matchers see what arrived", async () => {
  await using game = await createQuestlineTest({
    achievements: { FIRST_WIN: simple(), GAMES_10: count(10) },
    events: { matchEnded: oncePerMatch<{ won: boolean }>() },
    rules: {
      matchEnded: ({ unlock, addCount }) => [unlock("FIRST_WIN").when((end) => end.won), addCount("GAMES_10", 1)],
    },
    rooms: (questline) => ({
      duel: class extends Room {
        static override onAuth = questlineAuth(questline);
        override onCreate(): void {
          const match = attach(this, questline);
          this.onMessage("finish", ({ sessionId: winner }: Client) =>
            match.endMatch("matchEnded", ({ sessionId }) => ({ won: sessionId === winner })),
          );
        }
      },
    }),
  });
  const ada = await game.join("duel", "ada");
  await game.join("duel", "grace");
  ada.send("finish");
  await expect.poll(() => game.questline.stats().events).toBe(2);
  await game.settle();
  expect(game.player("ada")).toHaveUnlocked("FIRST_WIN");
  expect(game.player("grace")).not.toHaveUnlocked("FIRST_WIN");
  expect(game.player("grace").count("GAMES_10")).toBe(1n);
  // @ts-expect-error An achievement is asked for by its name.
  expect(() => expect(game.player("ada")).toHaveUnlocked(1)).toThrow(/1/);
});
