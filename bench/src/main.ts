import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentsError, type BenchArguments, parseArguments, usage } from "./arguments.ts";
import { accept } from "./benches/accept.ts";
import { durable } from "./benches/durable.ts";
import { deliver } from "./benches/deliver.ts";
import { growth } from "./benches/growth.ts";
import { report } from "./benches/report.ts";
import { settle } from "./benches/settle.ts";
import { Child } from "./child.ts";
import { table } from "./print-table.ts";
import type { Row } from "./row.ts";
import { type Ground, runBench } from "./run-bench.ts";

const benches = [report, accept, durable, settle, deliver, growth];
const names = benches.map(({ name }) => name);
const options = readArguments();
const folder = mkdtempSync(join(tmpdir(), "questline-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.on(signal, () => process.exit(code));
}

try {
  const started = performance.now();
  const rows = await measure(options);
  const missed = rows.filter(({ status }) => status === "missed").length;
  const result = {
    rows,
    missed,
    quick: options.quick,
    machine: { cores: cpus().length, node: process.versions.node, load: loadavg()[0] ?? 0 },
    seconds: Math.round((performance.now() - started) / 100) / 10,
  };
  if (options.json) console.log(JSON.stringify(result));
  else console.log(`\n${table(rows)}\n\n${missed} of ${rows.length} rows miss their goal; ${result.seconds} s.`);
  process.exit(0);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}

async function measure({ only, quick, profile, installMissing }: BenchArguments): Promise<readonly Row[]> {
  const chosen = benches.filter(({ name }) => only.length === 0 || only.includes(name));
  const needsRedis = chosen.some(({ contestants }) => contestants.some((entrant) => entrant.needsRedis === true));
  const platform = new Child("platform", "./services/loopback-platform.ts", []);
  const redis = needsRedis
    ? new Child("redis", "./services/redis-keeper.ts", installMissing ? ["--install-missing"] : [])
    : undefined;
  try {
    const ground: Ground = {
      folder,
      platformUrl: String((await platform.next())["url"]),
      redis: redis === undefined ? { skipped: "not asked for" } : ((await redis.next()) as Ground["redis"]),
      quick,
      profile,
      say: (text) => process.stderr.write(`${text}\n`),
    };
    const rows: Row[] = [];
    for (const bench of chosen) rows.push(...(await runBench(bench, ground)));
    return rows;
  } finally {
    await Promise.all([platform.end(), redis?.end()]);
  }
}

function readArguments(): BenchArguments {
  try {
    const read = parseArguments(process.argv.slice(2), names);
    if (read !== "help") return read;
    console.log(usage(names));
    process.exit(0);
  } catch (error) {
    if (!(error instanceof ArgumentsError)) throw error;
    console.error(`bench: ${error.message}`);
    process.exit(2);
  }
}
