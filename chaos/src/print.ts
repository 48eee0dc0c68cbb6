import { now } from "./runtime/time.ts";
import type { ChaosArguments } from "./arguments.ts";
import type { RunResult } from "./run.ts";
import type { Tally } from "./tally.ts";

/** How it ended: the exit code, and the sentence for people. */
export const ends = {
  passed: { code: 0, says: "Everything arrived, exactly once." },
  failed: { code: 1, says: "Something is wrong; see above." },
  invalid: { code: 3, says: "This run says nothing: its own assumptions did not hold; see above." },
} as const;

/** What assumptions did not hold for, nobody promised. */
export function endOf({ findings, problems, invalid }: RunResult): keyof typeof ends {
  if (invalid.length > 0) return "invalid";
  return findings.length === 0 && problems.length === 0 ? "passed" : "failed";
}

/** What `--json` prints as its last line. */
export function summaryOf(result: RunResult, { seed, scenario }: ChaosArguments) {
  const { tally, accepted, lost, doubled, mixedBoards, quietMs, seconds } = result;
  const { faults, kills, requests, reads, counts, byPoint, stops, duplicates, leaps, troubles, skipped, putOff } =
    tally;
  const { ambiguous, applied, notApplied, foreign } = counts;
  return {
    end: endOf(result),
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
    leaps,
    mixedBoards,
    troubles,
    skipped,
    putOff,
    lost,
    doubled,
    invalid: tally.invalid,
    latestMs: tally.late.worstMs,
    seed,
    scenario: scenario?.name ?? null,
    sabotaged: scenario?.broken ?? false,
    quietMs,
    seconds: Math.round(seconds * 10) / 10,
  };
}

export function progressLine({ faults, kills, requests, counts }: Tally, unmet: readonly string[]): string {
  const { applied, notApplied } = counts;
  const still = unmet.length === 0 ? "" : `; still to come: ${unmet[0]}`;
  return `${Math.round(now() / 1000)} s: ${requests} writes, ${faults} faults, ${kills} kills, verdicts: ${applied} applied, ${notApplied} not applied${still}`;
}
