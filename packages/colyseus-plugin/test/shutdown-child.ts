import { defineRoom, definePlugins, defineServer, Room } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { count, createQuestline, oncePerMatch, simple, sqliteStore } from "@questline/core";
import type { MatchReceipts } from "../src/ended-round.ts";
import { attachTo } from "../src/attach-to.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";

/**
 * A game server that shuts down, or dies, while a match ends.
 * Arguments: the platform, the database, a port, and the story below that it plays.
 */
const [baseUrl = "", database = "", port = "", story = ""] = process.argv.slice(2);

/** Stories in which the process is told to end in the very turn of the match end. */
const toldToEnd: ReadonlySet<string> = new Set([
  "is told to end at once",
  "has a room that is never disposed",
  "has an onBeforeShutdown that throws",
]);

const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: sqliteStore(database),
  graph: { baseUrl },
  delivery: { windowMs: 50, quietPeriodMs: 200, backoffMs: 20, maxBackoffMs: 100 },
  achievements: { FIRST_WIN: simple(), WINS_100: count(100) },
  events: { matchEnded: oncePerMatch<{ readonly won: boolean }>() },
  rules: { matchEnded: ({ unlock, addCount }) => [unlock("FIRST_WIN").when((e) => e.won), addCount("WINS_100", 1)] },
});

class MatchRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline, { matchId: "match-1" })]);
  override messages = {
    end: async (): Promise<void> => {
      if (story === "ends as its room is disposed") process.kill(process.pid, "SIGTERM");
      else await this.#end();
    },
  };

  override async onDispose(): Promise<void> {
    if (story === "ends as its room is disposed") this.end();
    if (story === "has a room that is never disposed") await new Promise(() => {});
  }

  end(): MatchReceipts {
    return this.plugins.questline.endMatch("matchEnded", () => ({ won: true }));
  }

  async #end(): Promise<void> {
    const receipts = this.end();
    if (story === "is killed at once") process.kill(process.pid, "SIGKILL");
    if (toldToEnd.has(story)) process.kill(process.pid, "SIGTERM");
    const durable = await Promise.all([...receipts.values()].map((receipt) => receipt.durable));
    console.log(`durable ${durable.map(({ status }) => status).join()}`);
    if (story === "is killed when all is durable") process.kill(process.pid, "SIGKILL");
  }
}

/** A later life: reports the same match again for these users, as a game that is not sure does. */
async function reportAgain(users: readonly string[]): Promise<void> {
  const match = questline.match("match-1");
  const receipts = users.map((user) => match.report(user, "matchEnded", { won: true }));
  for (const { durable } of receipts) console.log(`again ${(await durable).status}`);
  await questline.flush();
  let debts = await questline.owed();
  for (let looks = 0; looks < 100 && debts.owed > 0; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    debts = await questline.owed();
  }
  console.log(`debts ${JSON.stringify(debts)}`);
  await questline.close();
}

await questline.ready;
if (story.startsWith("again:")) {
  await reportAgain(story.slice("again:".length).split(","));
} else {
  const server = defineServer({
    rooms: { match: defineRoom(MatchRoom) },
    transport: new WebSocketTransport(),
    greet: false,
  });
  attachTo(questline, server, { timeoutMs: 1_000 });
  server.onShutdown(() => console.log("the game's own callback"));
  if (story === "has an onBeforeShutdown that throws") {
    server.onBeforeShutdown(() => {
      throw new Error("a bug of the game");
    });
  }
  await server.listen(Number(port), "127.0.0.1");
  console.log("listening");
}
