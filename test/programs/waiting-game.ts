import { count, createQuestline, each, sqliteStore } from "@questline/core";
import type { Logger } from "@questline/core";

/**
 * `waiting-game.ts <path> <url> <thread | here> <user>`: a game server that reports one round as soon as it starts. Says what
 * it is told, one line each; `health` and `close` come on its stdin.
 */
const [path = "", baseUrl = "", where = "", user = ""] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const hear =
  (level: string) =>
  (_fields: object, message: string): void =>
    say(`${level} ${message}`);
const logger: Logger = { debug: () => {}, info: hear("info"), warn: hear("warn"), error: hear("error") };

const questline = createQuestline({
  app: { id: "1", secret: where === "here" ? () => "test-secret" : "test-secret" },
  store: sqliteStore(path),
  graph: { baseUrl, timeoutMs: 2_000 },
  delivery: { windowMs: 0, quietPeriodMs: 200 },
  logger,
  achievements: { WINS_100: count(100) },
  events: { roundWon: each<object>() },
  rules: { roundWon: ({ addCount }) => [addCount("WINS_100", 1)] },
});
void questline.ready.then(
  () => say("ready"),
  (error: { code?: string }) => say(`not ready ${error.code}`),
);
const { durable } = questline.match("arena:1").report(user, "roundWon", {}, { id: String(process.pid) });
void durable.then((end) => say(`durable ${JSON.stringify(end)}`));

process.stdin.on("data", async (told) => {
  if (String(told).startsWith("health")) return say(`health ${JSON.stringify(questline.health())}`);
  say(`closed ${JSON.stringify(await questline.close({ timeoutMs: 10_000 }))}`);
  process.stdin.destroy();
});
