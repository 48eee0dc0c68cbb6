import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentsError, type DemoArguments, parseArguments, usage } from "./demo/arguments.ts";
import { playerTable, progressLine, totalsTable } from "./demo/print.ts";
import { Processes } from "./demo/processes.ts";
import { type DemoResult, run } from "./demo/run.ts";

const options = readArguments();
const processes = new Processes();
const folder = mkdtempSync(join(tmpdir(), "questline-arena-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => void processes.stop().then(() => process.exit(code)));
}

try {
  const playing = run({
    options,
    processes,
    folder,
    onProgress: (progress) => say(progressLine(progress, options.matches)),
  });
  const result = await Promise.race([playing, processes.failure]);
  print(result);
  if (options.serve) await serve(result);
  await result.close();
  await processes.stop();
  process.exit(result.problems.length === 0 ? 0 : 1);
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  await processes.stop();
  process.exit(error instanceof ArgumentsError ? 2 : 1);
}

function readArguments(): DemoArguments {
  try {
    const read = parseArguments(process.argv.slice(2));
    if (read !== "help") return read;
    console.log(usage);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    console.error(`demo: ${error.message}`);
    process.exit(2);
  }
}

function print(result: DemoResult): void {
  say(`\nWhat the platform shows now:\n\n${playerTable(result)}\n\n${totalsTable(result)}\n`);
  for (const problem of result.problems.slice(0, 20)) console.error(`demo: ${problem}`);
  if (result.problems.length > 20) console.error(`demo: and ${result.problems.length - 20} more`);
  say(result.problems.length === 0 ? "Everything arrived, exactly once." : "Something is wrong; see above.");
  if (options.json) console.log(JSON.stringify(result.totals));
}

/** Until Ctrl-C, or until a process fails. */
function serve({ platformUrl, gameUrl }: DemoResult): Promise<never> {
  const urls = ["world", "oracle", "requests/summary", "requests"].map((path) => `  ${platformUrl}/__emulator/${path}`);
  const words = `\nStill running; Ctrl-C ends it.\n\nThe platform:\n${urls.join("\n")}\nThe game server:\n  ${gameUrl}`;
  (options.json ? console.error : console.log)(words);
  return processes.failure;
}

/** For people; with `--json` only the last line is printed. */
function say(text: string): void {
  if (!options.json) console.log(text);
}
