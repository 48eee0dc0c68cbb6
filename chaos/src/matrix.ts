import type { ChaosArguments } from "./arguments.ts";
import { themes } from "./plan/fault-mix.ts";
import { troubleNames, troubles } from "./plan/troubles.ts";
import type { RunResult } from "./run.ts";
import { type KillPoint, killPoints } from "./wire.ts";

interface Row {
  runs: number;
  verdicts: number;
  lost: number;
  doubled: number;
}

/** The page that `--matrix` writes: where processes died, which fault their users met most, what came of it. */
export function matrixPage(result: RunResult, { faults, kills, seed, trouble: made }: ChaosArguments): string {
  const { tally, lost, doubled, accepted, seconds, quietMs } = result;
  const names = themes(quietMs).map(({ name }) => name);
  const points: readonly (KillPoint | "wall clock")[] = [...killPoints, "wall clock"];
  const rows = points.flatMap((point) =>
    names.map((name) => {
      const { runs, verdicts, lost, doubled } = rowOf(result, point, name);
      return `| \`${point}\` | ${name} | ${runs} | ${verdicts} | ${lost} | ${doubled} |`;
    }),
  );
  const { applied, notApplied } = tally.counts;
  const more = made === undefined ? "" : ` --trouble ${made}`;
  return `# Kill points and faults

Written by \`npm run chaos -- --faults ${faults} --kills ${kills} --seed ${seed}${more} --matrix docs/fault-matrix.md\`. The run met ${tally.faults} faults in
${Math.round(seconds)} s, killed ${tally.kills} processes, accepted ${accepted} events and reached ${applied + notApplied} verdicts (${applied} applied, ${notApplied} not
applied). Lost: ${lost}. Doubled: ${doubled}. Invalid: ${tally.invalid}; the latest effect came ${tally.late.worstMs} ms after the end of its connection,
of a quiet period of ${quietMs} ms.

A row is a kill point and the fault that the killed process's players met beside the usual mixture of all of them. *Runs* are
processes that died there; *verdicts* are what their successors found out about counts in doubt; *lost* and *doubled* are what the
comparison found for the players of a file on which that happened.

| killed at | fault | runs | verdicts | lost | doubled |
| --- | --- | ---: | ---: | ---: | ---: |
${rows.join("\n")}

## Beside faults and kills

| what befell the games | times |
| --- | ---: |
| stopped and continued | ${tally.stops.beforeTheCheck + tally.stops.afterTheCheck + tally.stops.byClock} |
| wall time leapt while a game ran | ${tally.leaps} |
| boards that took forced and best scores of one player | ${result.mixedBoards} |
${troubleNames.map((name) => `| ${troubles[name]} | ${tally.skipped[name] ?? tally.troubles[name]} |`).join("\n")}
`;
}

function rowOf({ tally, findings }: RunResult, point: string, theme: string): Row {
  const cell = tally.cells.get(`${point}\n${theme}`);
  if (cell === undefined) return { runs: 0, verdicts: 0, lost: 0, doubled: 0 };
  const ours = findings.filter(({ outbox }) => cell.outboxes.has(outbox));
  return {
    runs: cell.runs,
    verdicts: cell.verdicts,
    lost: ours.reduce((sum, finding) => sum + finding.lost, 0),
    doubled: ours.reduce((sum, finding) => sum + finding.doubled, 0),
  };
}
