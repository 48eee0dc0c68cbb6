import { board, count, createQuestline, memoryStore, oncePerMatch, simple } from "@questline/core";
import { manualClock } from "@questline/core/testing";
import { createEmulator, defaultSeed } from "@questline/emulator";

interface MatchEnded {
  readonly won: boolean;
  readonly score: bigint;
}

await using emulator = await createEmulator({ seed: defaultSeed });
await using questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: memoryStore(),
  graph: { baseUrl: emulator.url },
  clock: manualClock(),
  achievements: { FIRST_WIN: simple(), WINS_100: count(100) },
  leaderboards: { HIGH_SCORE: board({ sort: "higher-is-better", writes: "server" }) },
  events: { matchEnded: oncePerMatch<MatchEnded>() },
  rules: {
    matchEnded: ({ unlock, addCount, submitScore }) => [
      unlock("FIRST_WIN").when((match) => match.won),
      addCount("WINS_100", 1),
      submitScore("HIGH_SCORE", (match) => match.score),
      // @ts-expect-error A board cannot be unlocked.
      unlock("HIGH_SCORE"),
    ],
  },
});
questline.match("m-1").report("80000000000000001", "matchEnded", { won: true, score: 1n });
// @ts-expect-error The game has no such event.
questline.match("m-1").report("80000000000000001", "matchBegun", { won: true, score: 1n });
