import { bitfield, board, count, createQuestline, each, memoryStore, oncePerMatch, simple } from "@questline/core";

/** The game that all stories play, at this platform. */
export const gameAt = (baseUrl, store = memoryStore()) =>
  createQuestline({
    app: { id: "1", secret: "test-secret" },
    store,
    graph: { baseUrl },
    delivery: { windowMs: 20, quietPeriodMs: 200, backoffMs: 20, maxBackoffMs: 100 },
    achievements: { FIRST_WIN: simple(), WINS_100: count(100), EVERY_MAP: bitfield(7, { target: 7 }) },
    leaderboards: { BEST_TIME: board({ sort: "lower-is-better", writes: "client" }) },
    events: { matchEnded: oncePerMatch(), kill: each() },
    rules: {
      matchEnded: ({ unlock, addCount, submitScore }) => [
        unlock("FIRST_WIN").when((e) => e.won),
        addCount("WINS_100", 1),
        submitScore("BEST_TIME", (e) => e.timeMs),
      ],
      kill: ({ addBits }) => [addBits("EVERY_MAP", (e) => [e.map])],
    },
  });
