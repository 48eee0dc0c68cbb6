import { definePlugins, defineRoom, defineServer, matchMaker, Room } from "@colyseus/core";
import { RedisDriver } from "@colyseus/redis-driver";
import { RedisPresence } from "@colyseus/redis-presence";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { attachTo } from "../src/attach-to.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { duelQuestline } from "./rooms-scene.ts";

/** One of several processes of a game. Arguments: the platform, a port, the port of Redis. Rooms are made where they are asked for. */
const [baseUrl = "", port = "", redis = ""] = process.argv.slice(2);
const questline = duelQuestline(baseUrl);

class DuelRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
  override messages = {
    end: async (): Promise<void> => {
      const receipts = this.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 70n, timeMs: 9 }));
      for (const { durable } of receipts.values()) await durable;
      this.broadcast("ended");
    },
  };
}

const server = defineServer({
  rooms: { duel: defineRoom(DuelRoom) },
  transport: new WebSocketTransport(),
  presence: new RedisPresence(Number(redis)),
  driver: new RedisDriver(Number(redis)),
  publicAddress: `127.0.0.1:${port}`,
  selectProcessIdToCreateRoom: async () => matchMaker.processId,
  greet: false,
});
attachTo(questline, server, { timeoutMs: 500 });
await server.listen(Number(port), "127.0.0.1");
console.log("listening");
