import { now } from "./runtime/time.ts";
import type { ChaosArguments } from "./arguments.ts";
import type { RunResult } from "./run.ts";
import { settings } from "./settings.ts";
import type { Tally } from "./tally.ts";

/** What `--json` prints as its last line. */
export function summaryOf({ tally, accepted, lost, doubled, seconds }: RunResult, { seed, scenario }: ChaosArguments) {
  const { faults, kills, requests, reads, counts, byPoint, stops, duplicates } = tally;
  const { ambiguous, applied, notApplied, foreign } = counts;
  return {
    faults,
    kills,
    accepted,
    duplicates,
    requests,
    reads,
    ambiguous,
    applied,
    notApplied,
    foreign,
    killPoints: byPoint,
    stops: stops.beforeTheCheck + stops.afterTheCheck + stops.byClock,
    lost,
    doubled,
    seed,
    scenario: scenario?.name ?? null,
    sabotaged: scenario?.broken ?? false,
    quietMs: settings.quietMs,
    seconds: Math.round(seconds * 10) / 10,
  };
}

export function progressLine({ faults, kills, requests, counts }: Tally, unmet: readonly string[]): string {
  const { applied, notApplied } = counts;
  const still = unmet.length === 0 ? "" : `; still to come: ${unmet[0]}`;
  return `${Math.round(now() / 1000)} s: ${requests} writes, ${faults} faults, ${kills} kills, verdicts: ${applied} applied, ${notApplied} not applied${still}`;
}
