import { board, count, createQuestline, oncePerMatch, simple } from "@questline/core";
import type { AppOptions, GraphOptions, LaneStore } from "@questline/core";

/** What the game says about one player when a duel is over. */
export interface DuelEnded {
  readonly won: boolean;
  readonly taps: number;
}

export interface DuelQuestlineOptions {
  readonly app: AppOptions;
  readonly store: LaneStore;
  /** Default: the production host. */
  readonly graph?: GraphOptions;
}

export type DuelQuestline = ReturnType<typeof createDuelQuestline>;

/** The game's achievements, its leaderboard and the rules that turn the end of a duel into them. */
export function createDuelQuestline(options: DuelQuestlineOptions) {
  return createQuestline({
    ...options,
    achievements: { FIRST_DUEL: simple(), DUELS_WON: count(10) },
    leaderboards: { MOST_TAPS: board({ sort: "higher-is-better", writes: "server" }) },
    events: { duelEnded: oncePerMatch<DuelEnded>() },
    rules: {
      duelEnded: ({ unlock, addCount, submitScore }) => [
        unlock("FIRST_DUEL"),
        addCount("DUELS_WON", 1).when((duel) => duel.won),
        submitScore("MOST_TAPS", (duel) => duel.taps),
      ],
    },
  });
}
