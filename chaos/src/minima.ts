import { NAMED_SHARE } from "./plan/lives.ts";
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

/** Below these numbers the shares would be too few to mean anything. */
export const smallest: Asked = {
  faults: FEWEST_VERDICTS / VERDICT_SHARE,
  kills: Math.ceil((killPoints.length * HITS_PER_POINT) / NAMED_SHARE),
};

/** What a run must have seen to count. Empty when it has. */
export function missing(asked: Asked, tally: Tally): readonly string[] {
  const perPoint = Math.max(HITS_PER_POINT, Math.floor((asked.kills * NAMED_SHARE * 0.6) / killPoints.length));
  const stops = Math.max(1, Math.floor(asked.kills * 0.03));
  const verdicts = asked.faults * VERDICT_SHARE;
  const { faults, writeFaults, countFaults, countsCutAfterEffect, counts, kills, byPoint, parallel } = tally;
  const rules: readonly (readonly [string, number, number])[] = [
    ["faults", faults, asked.faults],
    ["faults on writes", writeFaults, faults / 2],
    ["faults on add_count", countFaults, faults * 0.3],
    ["of these, connections cut after the effect", countsCutAfterEffect, countFaults / 2],
    ["verdicts 'applied'", counts.applied, verdicts],
    ["verdicts 'not applied'", counts.notApplied, verdicts],
    ["kills", kills, asked.kills],
    ...killPoints.map((point) => [`kills at ${point}`, byPoint[point], perPoint] as const),
    ["stops before the deadline check", tally.stops.beforeTheCheck, stops],
    ["stops after the deadline check", tally.stops.afterTheCheck, stops],
    ["requests of one user open at once", parallel, 2],
  ];
  return rules.flatMap(([what, has, needs]) =>
    has >= needs ? [] : [`${what}: ${round(has)} of at least ${round(needs)}`],
  );
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}
