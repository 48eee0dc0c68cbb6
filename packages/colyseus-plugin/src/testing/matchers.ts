import type { TestPlayer } from "./test-player.ts";

// What `Assertion` of every vitest is made of; the type parameters of its own `Matchers` are others in every version.
declare global {
  namespace Chai {
    interface Assertion {
      /** The player has unlocked this achievement at the emulated platform. `await game.settle()` first. */
      toHaveUnlocked(achievement: string): void;
      /** The player has an entry in this leaderboard, with this score if one is given. `await game.settle()` first. */
      toHaveScore(leaderboard: string, score?: number | bigint): void;
    }
  }
}

interface Verdict {
  readonly pass: boolean;
  readonly message: () => string;
}

/** For `expect.extend`; `createQuestlineTest` does that in vitest. */
export interface QuestlineMatchers {
  toHaveUnlocked(player: unknown, achievement: string): Verdict;
  toHaveScore(player: unknown, leaderboard: string, score?: number | bigint): Verdict;
}

export const questlineMatchers: QuestlineMatchers = {
  toHaveUnlocked(player, achievement) {
    const { alias, unlocked, count } = asPlayer(player, "toHaveUnlocked");
    const has = unlocked();
    // Throws for an achievement that does not exist: a typo is no locked achievement.
    const counted = count(achievement);
    return verdict(has.includes(achievement), (not) => [
      `${alias} ${not ? "has" : "has not"} unlocked ${achievement}`,
      `unlocked: ${has.join(", ") || "nothing"}; count ${counted}`,
    ]);
  },
  toHaveScore(player, leaderboard, score) {
    const { alias, score: read } = asPlayer(player, "toHaveScore");
    const held = read(leaderboard);
    const wanted = score === undefined ? "a score" : `the score ${score}`;
    const pass = held !== undefined && (score === undefined || held === BigInt(score));
    return verdict(pass, (not) => [
      `${alias} ${not ? "has" : "has not"} ${wanted} in ${leaderboard}`,
      `score: ${held ?? "none"}`,
    ]);
  },
};

function verdict(pass: boolean, words: (not: boolean) => readonly string[]): Verdict {
  const hint = "Results arrive later than a match ends: await game.settle() first.";
  return { pass, message: () => [...words(pass), ...(pass ? [] : [hint])].join("\n") };
}

function asPlayer(player: unknown, matcher: string): TestPlayer {
  if (typeof player === "object" && player !== null && "unlocked" in player && "score" in player)
    return player as TestPlayer;
  throw new TypeError(`${matcher} looks at a player made with game.player(alias), not at ${typeof player}.`);
}
