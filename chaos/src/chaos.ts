import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ArgumentsError, type ChaosArguments, parseArguments, usage } from "./arguments.ts";
import { matrixPage } from "./matrix.ts";
import { Processes } from "./parent/processes.ts";
import { endOf, ends, progressLine, summaryOf } from "./print.ts";
import { run, type RunResult } from "./run.ts";
import { idleShare } from "./runtime/machine.ts";
import { playScenario } from "./sabotage/play-scenario.ts";
import { scenarios } from "./sabotage/scenarios.ts";
import { settingsFor } from "./settings.ts";
import type { Tally } from "./tally.ts";

const LOOKS_AT_MACHINE_MS = 400;
const options = readArguments();
const folder = options.keep === undefined ? mkdtempSync(join(tmpdir(), "questline-chaos-")) : resolve(options.keep);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) {
  if (/^((ledger|outbox|copy)(-\d+)?\.(ndjson|db|db-wal)|outbox(-\d+)?\.db-thread-\d+)$/.test(name))
    rmSync(join(folder, name));
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
  for (const reason of result.invalid) console.error(`chaos: invalid: ${reason}`);
  if (options.matrix !== undefined) writeFileSync(options.matrix, matrixPage(result, options));
  const end = ends[endOf(result)];
  for (const [trouble, reason] of Object.entries(result.tally.skipped)) say(`Skipped: ${trouble}, since ${reason}.`);
  say(end.says);
  const summary = summaryOf(result, options);
  console.log(options.json ? JSON.stringify(summary) : summary);
  process.exitCode = end.code;
} catch (error) {
  console.error(`chaos: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

async function play(processes: Processes): Promise<RunResult> {
  const { faults, kills, seed, quietMs, withinMs, troubles, scenario: chosen } = options;
  const settings = settingsFor(quietMs === undefined ? await idleShare(LOOKS_AT_MACHINE_MS) : 1, quietMs);
  const scenario = chosen === undefined ? undefined : scenarios.get(chosen.name);
  if (chosen !== undefined && scenario !== undefined) {
    return playScenario({ scenario, broken: chosen.broken, settings, folder, processes });
  }
  const onProgress = (tally: Tally, unmet: readonly string[]): void => say(progressLine(tally, unmet));
  return run({ asked: { faults, kills }, troubles, seed, withinMs, settings, folder, processes, onProgress });
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
