// A game server in miniature: a win each for two matches; delivers the first, and the second from SIGUSR2 on.
//   win-and-die.mjs <graph url> <user> <database file> <delivery options, as JSON>
import { count, createQuestline, oncePerMatch, silentLogger, sqliteStore } from "@questline/core";

const [baseUrl, user, database, delivery] = process.argv.slice(2);
const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: sqliteStore(database),
  graph: { baseUrl, allowInsecureBaseUrl: true, timeoutMs: 2_000 },
  delivery: { windowMs: 0, backoffMs: 50, maxBackoffMs: 100, ...JSON.parse(delivery) },
  logger: silentLogger,
  achievements: { WINS: count(1000) },
  events: { matchEnded: oncePerMatch() },
  rules: { matchEnded: ({ addCount }) => [addCount("WINS", 3)] },
});
await questline.ready;
const report = async (match) => {
  const { status } = await questline.match(match).report(user, "matchEnded", {}).durable;
  console.log(`${match} ${status}`);
};
await report("m-1");
process.once("SIGUSR2", () => void report("m-2"));
// `flush` does not wait for what is in doubt.
while ((await questline.owed()).owed > 0) await new Promise((resolve) => setTimeout(resolve, 20));
console.log("delivered");
setInterval(() => {}, 60_000);
