import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ArgumentsError, type ChaosArguments, parseArguments, usage } from "./arguments.ts";
import { matrixPage } from "./matrix.ts";
import { Processes } from "./parent/processes.ts";
import { progressLine, summaryOf } from "./print.ts";
import { run, type RunResult } from "./run.ts";
import { playScenario } from "./sabotage/play-scenario.ts";
import { scenarios } from "./sabotage/scenarios.ts";
import type { Tally } from "./tally.ts";

const options = readArguments();
const folder = options.keep === undefined ? mkdtempSync(join(tmpdir(), "questline-chaos-")) : resolve(options.keep);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  if (/^(ledger|outbox)(-\d+)?\.(ndjson|db|db-wal)$/.test(name)) rmSync(join(folder, name));
}
process.on("exit", () => {
  if (options.keep === undefined) rmSync(folder, { recursive: true, force: true });
});
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => process.exit(code));
}

try {
  await using processes = new Processes(folder);
  const result = await play(processes);
  for (const { user, target, lost, doubled } of result.findings.slice(0, 20)) {
    console.error(`chaos: ${user} ${target}: ${lost} lost, ${doubled} doubled`);
  }
  for (const problem of result.problems.slice(0, 20)) console.error(`chaos: ${problem}`);
  if (options.matrix !== undefined) writeFileSync(options.matrix, matrixPage(result, options));
  const good = result.findings.length === 0 && result.problems.length === 0;
  say(good ? "Everything arrived, exactly once." : "Something is wrong; see above.");
  const summary = summaryOf(result, options);
  console.log(options.json ? JSON.stringify(summary) : summary);
  process.exitCode = good ? 0 : 1;
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function play(processes: Processes): Promise<RunResult> {
  const { faults, kills, seed, scenario: chosen } = options;
  const scenario = chosen === undefined ? undefined : scenarios.get(chosen.name);
  if (chosen !== undefined && scenario !== undefined) {
    return playScenario({ scenario, broken: chosen.broken, folder, processes });
  }
  const onProgress = (tally: Tally, unmet: readonly string[]): void => say(progressLine(tally, unmet));
  return run({ asked: { faults, kills }, seed, folder, processes, onProgress });
}

function readArguments(): ChaosArguments {
  try {
    const read = parseArguments(process.argv.slice(2));
    if (read !== "help") return read;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    console.error(`chaos: ${error.message}`);
    process.exit(2);
  }
}

/** For people; with `--json` only the last line is printed. */
function say(text: string): void {
  if (!options.json) console.log(text);
}
