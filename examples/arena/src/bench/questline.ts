import { board, count, createQuestline, each, oncePerMatch, simple, sqliteStore } from "@questline/core";
import { quietLogger } from "../game/quiet-logger.ts";
import { settings } from "../game/settings.ts";

/** What a match of the benchmark means: a count for everyone, an unlock for the winner, a score. */
export const questline = createQuestline({
  app: settings.app,
  store: sqliteStore(settings.database),
  graph: { baseUrl: settings.graphUrl },
  logger: quietLogger,
  achievements: { FIRST_WIN: simple(), MATCHES_1000000: count(1_000_000), HITS_1000000: count(1_000_000) },
  leaderboards: { HITS: board({ sort: "higher-is-better", writes: "server" }) },
  events: { hit: each<object>(), matchEnded: oncePerMatch<{ won: boolean; hits: number }>() },
  rules: {
    hit: ({ addCount }) => [addCount("HITS_1000000", 1)],
    matchEnded: ({ unlock, addCount, submitScore }) => [
      unlock("FIRST_WIN").when((end) => end.won),
      addCount("MATCHES_1000000", 1),
      submitScore("HITS", (end) => end.hits),
    ],
  },
});
