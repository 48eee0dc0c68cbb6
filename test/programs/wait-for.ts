import { createQuestline, memoryStore, oncePerMatch, silentLogger, simple, sqliteStore } from "@questline/core";

/**
 * `wait-for.ts <path | memory> <url> <user> <what>`: a script that has nothing left but one promise of Questline's, waits for it
 * and says what it became.
 */
const [path = "", baseUrl = "", user = "", what = ""] = process.argv.slice(2);
const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: path === "memory" ? memoryStore() : sqliteStore(path),
  graph: { baseUrl },
  delivery: { windowMs: 0, backoffMs: 1_000 },
  logger: silentLogger,
  achievements: { FIRST_WIN: simple() },
  events: { matchEnded: oncePerMatch<object>() },
  rules: { matchEnded: ({ unlock }) => [unlock("FIRST_WIN")] },
});

const report = () => questline.match("m-1").report(user, "matchEnded", {});
const waited: Readonly<Record<string, () => Promise<unknown>>> = {
  ready: () => questline.ready.then(() => "ready"),
  durable: () => report().durable,
  settled: () => report().settled,
  prefetch: () => questline.prefetch(user).then(() => "read"),
  /** Reports and waits for nothing. */
  nothing: async () => void report(),
};
const end = await waited[what]?.();
process.stdout.write(`${JSON.stringify(end)}\n`);
