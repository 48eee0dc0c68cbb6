import { join } from "node:path";
import { BroadcastChannel } from "node:worker_threads";
import { count, createQuestline, each, oncePerMatch, simple } from "@questline/core";
import { probedSqliteStore } from "@questline/core/testing";

/**
 * `run-out-of-memory.ts <folder> <graph url> <user> <death>`: reports a win and two kills, between which its thread runs out
 * of memory (`memory`), the whole process aborts as V8 does (`abort`), or nothing happens (`none`); then says what it saw.
 */
const [folder = "", baseUrl = "", user = "", death = ""] = process.argv.slice(2);
const probe = new URL("deadly-probe.mjs", import.meta.url);
probe.searchParams.set("tell", folder);
const channel = new BroadcastChannel(folder);
const errors: string[] = [];
const quiet = (): void => {};
const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: probedSqliteStore(join(folder, "questline.db"), { memoryMb: 64 }, probe),
  graph: { baseUrl, timeoutMs: 2_000 },
  delivery: { windowMs: 0, quietPeriodMs: 200, takeoverQuietMs: 200, backoffMs: 20, maxBackoffMs: 50 },
  logger: {
    debug: quiet,
    info: quiet,
    warn: quiet,
    error: (fields, message) => void errors.push(JSON.stringify({ ...fields, message })),
  },
  achievements: { FIRST_WIN: simple(), KILLS: count(1_000_000) },
  events: { matchEnded: oncePerMatch<object>(), kill: each<object>() },
  rules: {
    matchEnded: ({ unlock }) => [unlock("FIRST_WIN")],
    kill: ({ addCount }) => [addCount("KILLS", 1)],
  },
});
const kill = (id: string) => questline.match("m-2").report(user, "kill", {}, { id });
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

await questline.ready;
await questline.match("m-1").report(user, "matchEnded", {}).settled;
await kill("k-1").durable;
if (death === "abort") process.abort();
if (death === "memory") {
  channel.postMessage("memory");
  while (errors.length === 0) await pause();
}
const { durable, settled } = kill("k-2");
const seen = { durable: (await durable).status, settled: (await settled).map(({ status }) => status) };
while ((await questline.owed()).owed > 0) await pause();
const again = (await questline.match("m-1").report(user, "matchEnded", {}).durable).status;
process.stdout.write(`${JSON.stringify({ ...seen, again, errors, health: questline.health() })}\n`);
channel.close();
await questline.close();
