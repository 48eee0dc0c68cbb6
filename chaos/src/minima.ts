import type { Wanted } from "./ledger/fold.ts";
import { type Counter, counters } from "./plan/catalogue.ts";
import { NAMED_SHARE } from "./plan/lives.ts";
import type { Trouble } from "./plan/troubles.ts";
import type { Tally } from "./tally.ts";
import { killPoints } from "./wire.ts";

/** What was asked for. */
export interface Asked {
  readonly faults: number;
  readonly kills: number;
}

const HITS_PER_POINT = 3;
/** Of the asked faults, each of the two verdicts. */
const VERDICT_SHARE = 0.02;
const FEWEST_VERDICTS = 5;
/** Of the asked kills: stops on each side of the deadline check, leaps of a running clock, and each further trouble. */
const RARE_SHARE = 0.03;

/** Below these numbers the shares would be too few to mean anything. */
export const smallest: Asked = {
  faults: FEWEST_VERDICTS / VERDICT_SHARE,
  kills: Math.ceil((killPoints.length * HITS_PER_POINT) / NAMED_SHARE),
};

/** What a run must have seen to count, with the troubles it was to make. Empty when it has. */
export function missing(asked: Asked, tally: Tally, troubles: readonly Trouble[] = []): readonly string[] {
  const perPoint = Math.max(HITS_PER_POINT, Math.floor((asked.kills * NAMED_SHARE * 0.6) / killPoints.length));
  const rare = Math.max(1, Math.floor(asked.kills * RARE_SHARE));
  const verdicts = asked.faults * VERDICT_SHARE;
  const { faults, writeFaults, countFaults, countsCutAfterEffect, counts, kills, byPoint, parallel } = tally;
  // What is asked for is the least; where there were more faults, their shares are of what there was.
  const most = Math.max(asked.faults, faults);
  const rules: readonly (readonly [string, number, number])[] = [
    ["faults", faults, asked.faults],
    ["faults on writes", writeFaults, most / 2],
    ["faults on add_count", countFaults, most * 0.3],
    ["of these, connections cut after the effect", countsCutAfterEffect, Math.max(countFaults, most * 0.3) / 2],
    ["verdicts 'applied'", counts.applied, verdicts],
    ["verdicts 'not applied'", counts.notApplied, verdicts],
    ["kills", kills, asked.kills],
    ...killPoints.map((point) => [`kills at ${point}`, byPoint[point], perPoint] as const),
    ["stops before the deadline check", tally.stops.beforeTheCheck, rare],
    ["stops after the deadline check", tally.stops.afterTheCheck, rare],
    ["leaps of a running clock", tally.leaps, rare],
    ["requests of one user open at once", parallel, 2],
    ...troubles.map((trouble) => [`trouble with ${trouble}`, tally.troubles[trouble], rare] as const),
  ];
  return rules.flatMap(([what, has, needs]) =>
    has >= needs ? [] : [`${what}: ${round(has)} of at least ${round(needs)}`],
  );
}

const UNREACHED_SHARE = 0.5;
const MIXED_SHARE = 0.25;

/** What the players must have been given, in the end. Empty when they have. */
export function missingInBooks(wanted: ReadonlyMap<string, Wanted>): readonly string[] {
  const players = [...wanted.values()];
  const counted = players.flatMap(({ counts }) =>
    Object.entries(counts).flatMap(([name, count]) =>
      count === 0 ? [] : [{ count, target: counters[name as Counter] }],
    ),
  );
  const unreached = counted.filter(({ count, target }) => count < target).length;
  const ranked = players.filter(({ forcedRanks, bestRanks }) => forcedRanks + bestRanks > 1);
  const mixed = ranked.filter(({ forcedRanks, bestRanks }) => forcedRanks > 0 && bestRanks > 0).length;
  const rules: readonly (readonly [string, number, number])[] = [
    ["counters that never reach their target", unreached, counted.length * UNREACHED_SHARE],
    ["boards with forced and best scores", mixed, Math.max(1, ranked.length * MIXED_SHARE)],
  ];
  return rules.flatMap(([what, has, needs]) =>
    has >= needs ? [] : [`${what}: ${round(has)} of at least ${round(needs)}`],
  );
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}
