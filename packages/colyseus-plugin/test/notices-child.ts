import { createRequire } from "node:module";
import type * as core from "@colyseus/core";
import type * as drivers from "@colyseus/redis-driver";
import type * as presences from "@colyseus/redis-presence";
import type * as transports from "@colyseus/ws-transport";
import { attachTo } from "../src/attach-to.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { duelQuestline } from "./rooms-scene.ts";

/**
 * One of several processes of a game. Arguments: the platform, a port, the port of Redis, and `cjs` for a game that is compiled
 * to CommonJS, whose Colyseus is another copy than the plugin's. Rooms are made where they are asked for.
 */
const [baseUrl = "", port = "", redis = "", form = ""] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const load = async <T>(name: string): Promise<T> => (form === "cjs" ? require(name) : import(name)) as T;
const { definePlugins, defineRoom, defineServer, matchMaker, Room } = await load<typeof core>("@colyseus/core");
const { RedisDriver } = await load<typeof drivers>("@colyseus/redis-driver");
const { RedisPresence } = await load<typeof presences>("@colyseus/redis-presence");
const { WebSocketTransport } = await load<typeof transports>("@colyseus/ws-transport");
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
