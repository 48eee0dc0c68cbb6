// A game server in miniature, as bundlers take it in (also those that make CommonJS of it): reports one match end, or
// delivers what an earlier life of it left behind.
//   server.js <graph url> <database file> report|deliver
import { board, count, createQuestline, oncePerMatch, simple, sqliteStore } from "@questline/core";

const [graphUrl, database, action] = process.argv.slice(2);

const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: sqliteStore(database),
  graph: { baseUrl: graphUrl },
  achievements: { FIRST_WIN: simple(), WINS_100: count(100) },
  leaderboards: { HIGH_SCORE: board({ sort: "higher-is-better", writes: "server" }) },
  events: { matchEnded: oncePerMatch() },
  rules: {
    matchEnded: ({ unlock, addCount, submitScore }) => [
      unlock("FIRST_WIN").when((match) => match.won),
      addCount("WINS_100", 3),
      submitScore("HIGH_SCORE", (match) => BigInt(match.score)),
    ],
  },
});
const match = questline.match("m-81");
const receipt = match.report("80000000000000001", "matchEnded", { won: true, score: "9007199254740993" });

void receipt.durable.then(async ({ status }) => {
  console.log(status);
  // Stays until it is killed.
  if (action !== "deliver") return setInterval(() => {}, 60_000);
  await questline.flush();
  console.log(JSON.stringify(await questline.close({ timeoutMs: 5_000 })));
});
