import { matchMaker, Room, Server } from "@colyseus/core";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { attach, attachTo, questlineAuth } from "@questline/colyseus/attach";
import { sqliteStore } from "@questline/core";
import { gameAt } from "./game.mjs";

/** One life of a game server, until SIGTERM. Arguments: the platform, the database, and `devMode` if it is in that mode. */
const [baseUrl, database, mode] = process.argv.slice(2);
const questline = gameAt(baseUrl, sqliteStore(database));

class MatchRoom extends Room {
  static onAuth = questlineAuth(questline);

  onCreate() {
    this.questline = attach(this, questline);
    this.onMessage("end", async () => {
      const receipts = this.questline.endMatch("matchEnded", () => ({ won: true, timeMs: 81_250 }));
      const durable = await Promise.all([...receipts.values()].map((receipt) => receipt.durable));
      console.log(`durable ${durable.map(({ status }) => status).join()}`);
    });
    this.onMessage("match", (client) => client.send("match", this.questline.matchId));
  }
  onCacheRoom() {
    return { theirs: 7 };
  }
  onRestoreRoom(cached) {
    console.log(`restored ${JSON.stringify(cached)}`);
  }
}

const transport = new WebSocketTransport();
const server = new Server({ transport, greet: false, devMode: mode === "devMode" });
attachTo(questline, server, { timeoutMs: 500 });
server.define("match", MatchRoom);
await questline.ready;
await server.listen(0, "127.0.0.1");
for (const { roomId } of await matchMaker.query({}))
  console.log(`match ${matchMaker.getLocalRoomById(roomId).questline.matchId}`);
console.log(`listening ${transport.server.address().port}`);
