// The match end of server.js as a route of Next.js: reported and delivered, then said what is owed.
import { board, count, createQuestline, oncePerMatch, simple, sqliteStore } from "@questline/core";

export const dynamic = "force-dynamic";

let questline;

export async function GET() {
  questline ??= createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: sqliteStore(process.env.DATABASE),
    graph: { baseUrl: process.env.GRAPH_URL },
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
  const { status } = await receipt.durable;
  await questline.flush();
  return Response.json({ status, ...(await questline.owed()) });
}
