import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchArguments, parseArguments, usage } from "./bench/arguments.ts";
import { judge, table } from "./bench/judge.ts";
import { run } from "./bench/run.ts";
import { ArgumentsError } from "./demo/arguments.ts";
import { Processes } from "./demo/processes.ts";

const options = readArguments();
const processes = new Processes();
const folder = mkdtempSync(join(tmpdir(), "questline-rooms-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => void processes.stop().then(() => process.exit(code)));
}

try {
  const measured = await Promise.race([run({ options, processes, folder, onStep: say }), processes.failure]);
  const findings = judge(options, measured);
  const { rooms, clients, events, p99Noise, seconds } = findings;
  say(`\n${rooms} rooms of ${clients}, ${events} events reported, ${seconds} s\n\n${table(findings)}\n`);
  say(
    `Every other match without the plugin differs from the rest by ${p99Noise} ms in p99: smaller differences say nothing.`,
  );
  if (options.json) console.log(JSON.stringify(findings));
  await processes.stop();
  process.exit(0);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  await processes.stop();
  process.exit(1);
}

function readArguments(): BenchArguments {
  try {
    const read = parseArguments(process.argv.slice(2));
    if (read !== "help") return read;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    console.error(`bench: ${error.message}`);
    process.exit(2);
  }
}

/** For people; with `--json` only the last line is printed. */
function say(text: string): void {
  if (!options.json) console.log(text);
}
