import { bitfield, board, count, createQuestline, each, type Logger, oncePerMatch, simple } from "@questline/core";
import {
  createSabotagedQuestline,
  type Sabotage,
  probedSqliteStore,
  type StoreSabotage,
} from "@questline/core/testing";
import type { Hit, MatchEnded } from "../plan/events.ts";
import type { LifePlan } from "../wire.ts";
import { leapingClock } from "./runtime/leaping-clock.ts";

const ignore = (): void => {};
/** What goes wrong here is meant to; only errors are worth a line, where they are asked for. */
const complain = (fields: object, message: string): void => {
  if (process.env["CHAOS_VERBOSE"] === "1")
    process.stderr.write(`game ${process.pid}: ${message} ${JSON.stringify(fields)}\n`);
};
const logger: Logger = { debug: ignore, info: ignore, warn: complain, error: complain };

/** The game under test: plain core, a store on disk, and what its matches mean at the platform. */
export function openGame(life: LifePlan) {
  const { sabotage, storeSabotage = {}, tokenKey } = life;
  const create: typeof createQuestline =
    sabotage === undefined ? createQuestline : (options) => createSabotagedQuestline(sabotage as Sabotage, options);
  return create({
    app: life.app,
    store: probedSqliteStore(
      life.database,
      storeSabotage as StoreSabotage,
      new URL("./store-probe.ts", import.meta.url),
    ),
    ...(tokenKey === undefined ? {} : { tokens: { key: tokenKey } }),
    graph: { baseUrl: life.graphUrl, timeoutMs: life.timeoutMs },
    logger,
    clock: leapingClock(life.clockJumps, { offsetMs: life.wallOffsetMs }),
    delivery: {
      quietPeriodMs: life.quietMs,
      takeoverQuietMs: life.quietMs,
      leaseMs: life.leaseMs,
      windowMs: life.windowMs,
      backoffMs: 20,
      maxBackoffMs: 400,
      concurrency: 32,
      // Every process here dies early; no lane is to blame for it.
      poisonAfter: 10_000,
    },
    achievements: {
      FIRST_WIN: simple(),
      SHOTS: count(1_000_000_000),
      STEPS: count(2_000_000_000),
      GEMS: count(1_000_000_000),
      KILLS: count(25),
      HEADSHOTS: count(9),
      ROUNDS: count(4),
      EVERY_MAP: bitfield(5, { target: 4 }),
      EMBLEMS: bitfield(24, { target: 24 }),
    },
    leaderboards: {
      POINTS: board({ sort: "higher-is-better", writes: "server" }),
      TIME: board({ sort: "lower-is-better", writes: "client" }),
      RANK: board({ sort: "higher-is-better", writes: "server" }),
    },
    events: { hit: each<Hit>(), matchEnded: oncePerMatch<MatchEnded>() },
    rules: {
      hit: ({ addCount }) => [
        addCount("SHOTS", (hit) => hit.shots),
        addCount("GEMS", (hit) => hit.gems).when((hit) => hit.gems > 0),
        addCount("KILLS", 1).when((hit) => hit.kill),
        addCount("HEADSHOTS", 1).when((hit) => hit.headshot),
      ],
      matchEnded: ({ unlock, addCount, addBits, submitScore }) => [
        unlock("FIRST_WIN").when((end) => end.won),
        addCount("STEPS", (end) => end.steps),
        addCount("ROUNDS", 1),
        addBits("EVERY_MAP", (end) => [end.map]),
        addBits("EMBLEMS", (end) => end.emblems),
        submitScore("POINTS", (end) => end.points),
        submitScore("TIME", (end) => end.timeMs ?? 0).when((end) => end.timeMs !== undefined),
        submitScore("RANK", (end) => end.rank, { force: true })
          .when((end) => end.rankForced)
          .named("rank/forced"),
        submitScore("RANK", (end) => end.rank)
          .when((end) => !end.rankForced)
          .named("rank/best"),
      ],
    },
  });
}
