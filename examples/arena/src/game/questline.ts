import { bitfield, board, count, createQuestline, each, oncePerMatch, simple, sqliteStore } from "@questline/core";
import { withLedger } from "./ledger-tap.ts";
import { quietLogger } from "./quiet-logger.ts";
import { sabotaged } from "./sabotage.ts";
import { settings } from "./settings.ts";

export interface Kill {
  readonly headshot: boolean;
}

export interface MatchEnded {
  /** First to take twelve drones. */
  readonly won: boolean;
  /** Took all twelve before the round was over. */
  readonly finished: boolean;
  readonly map: number;
  readonly points: number;
  readonly timeMs: number;
}

const create = settings.sabotage === undefined ? createQuestline : sabotaged(settings.sabotage);

/** One for the whole process: what the arena's matches mean at Meta. */
export const questline = withLedger(
  create({
    app: settings.app,
    store: sqliteStore(settings.database),
    graph: { baseUrl: settings.graphUrl },
    logger: quietLogger,
    delivery: { quietPeriodMs: settings.quietPeriodMs },
    achievements: {
      FIRST_WIN: simple(),
      HEADSHOTS_15: count(15),
      KILLS_1000000: count(1_000_000),
      EVERY_MAP: bitfield(3, { target: 3 }),
    },
    leaderboards: {
      POINTS: board({ sort: "higher-is-better", writes: "server" }),
      BEST_TIME: board({ sort: "lower-is-better", writes: "client" }),
    },
    events: { kill: each<Kill>(), matchEnded: oncePerMatch<MatchEnded>() },
    rules: {
      kill: ({ addCount }) => [addCount("KILLS_1000000", 1), addCount("HEADSHOTS_15", 1).when((kill) => kill.headshot)],
      matchEnded: ({ unlock, addBits, submitScore }) => [
        unlock("FIRST_WIN").when((end) => end.won),
        addBits("EVERY_MAP", (end) => [end.map]),
        submitScore("POINTS", (end) => end.points),
        submitScore("BEST_TIME", (end) => end.timeMs).when((end) => end.finished),
      ],
    },
  }),
);
