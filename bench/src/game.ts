import { board, count, createQuestline, each, oncePerMatch, silentLogger, simple, sqliteStore } from "@questline/core";

/** The game that is measured. */
export const achievements = {
  FIRST_WIN: simple(),
  WINS: count(1_000_000),
  KILLS: count(1_000_000_000),
  HITS: count(1_000_000_000),
  SAVES: count(1_000_000_000),
};
export const leaderboards = {
  BEST_TIME: board({ sort: "lower-is-better", writes: "server" }),
  HIGH_SCORE: board({ sort: "higher-is-better", writes: "server" }),
};
const events = {
  matchEnded: oncePerMatch<{ won: boolean; timeMs: number }>(),
  kill: each<{ n: number }>(),
  hit: each<{ n: number }>(),
  save: each<{ n: number }>(),
  scored: each<{ score: number }>(),
};

/** Default configuration and a SQLite file, as a game would have it; only the logger is silent. */
export function openGame(path: string, baseUrl: string) {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: sqliteStore(path),
    graph: { baseUrl },
    logger: silentLogger,
    achievements,
    leaderboards,
    events,
    rules: {
      matchEnded: ({ unlock, addCount, submitScore }) => [
        unlock("FIRST_WIN").when((end) => end.won),
        addCount("WINS", 1).when((end) => end.won),
        submitScore("BEST_TIME", (end) => end.timeMs),
      ],
      kill: ({ addCount }) => [addCount("KILLS", (kill) => kill.n)],
      hit: ({ addCount }) => [addCount("HITS", (hit) => hit.n)],
      save: ({ addCount }) => [addCount("SAVES", (save) => save.n)],
      scored: ({ submitScore }) => [submitScore("HIGH_SCORE", (scored) => scored.score)],
    },
  });
}

/** An app-scoped user id. */
export const userId = (n: number): string => String(10_000_000_000_000 + n);
