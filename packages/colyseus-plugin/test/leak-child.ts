import { createServer } from "node:http";
import { inspect } from "node:util";
import {
  createEndpoint,
  createRouter,
  definePlugins,
  defineRoom,
  defineServer,
  matchMaker,
  Room,
  type Client,
} from "@colyseus/core";
import { monitor } from "@colyseus/monitor";
import { RedisDriver } from "@colyseus/redis-driver";
import { RedisPresence } from "@colyseus/redis-presence";
import { schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { attachTo } from "../src/attach-to.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { duelQuestline } from "./rooms-scene.ts";

/**
 * One process of a game that may leak a credential. Arguments: the platform, a port, the port of Redis (0 for none), and
 * `matchmaking` (answers HTTP, hosts nothing), `rooms` or `devMode`.
 */
const [baseUrl = "", port = "", redis = "0", role = ""] = process.argv.slice(2);
const questline = duelQuestline(baseUrl);

const DuelState = schema({ mode: t.string().default("") }, "DuelState");

class DuelRoom extends Room<{ state: InstanceType<typeof DuelState>; metadata: { mode: string } }> {
  static override onAuth = questlineAuth(questline, { then: () => ({ level: 3 }) });
  override plugins = definePlugins([questlinePlugin(questline)]);
  override autoDispose = false;
  override state = new DuelState();
  override messages = {
    drop: (client: Client): void => (client.ref as unknown as { terminate(): void }).terminate(),
    end: async (): Promise<void> => {
      const receipts = this.plugins.questline.endMatch("matchEnded", () => ({ won: true, score: 1n, timeMs: 2 }));
      for (const { settled } of receipts.values()) await settled;
      this.broadcast("ended");
    },
  };

  override async onCreate({ mode = "" }: { mode?: string }): Promise<void> {
    this.state.mode = mode;
    await this.setMetadata({ mode });
  }

  override onDrop(client: Client): void {
    void Promise.resolve(this.allowReconnection(client, 60)).catch(() => {});
  }
}

/** Verifies its players as they connect, its creator after it was made. */
class CheckedRoom extends DuelRoom {
  static override onAuth = Room.onAuth as typeof DuelRoom.onAuth;
  override plugins = definePlugins([questlinePlugin(questline, { auth: "required" })]);
}

/** Everything of a room that something of Colyseus, or of the game, may show. */
function shown(room: Room): unknown {
  const clients = room.clients.map(({ auth, userData }) => ({ auth, userData }));
  return {
    json: [room.plugins, room.state, room.metadata, room.getInspectorView(), clients],
    seats: Object.entries(Object.getOwnPropertyDescriptors(Reflect.get(room, "_reservedSeats"))),
    inspected: inspect([room.plugins, clients, Reflect.get(room, "_reservedSeats")], { showHidden: true, depth: 12 }),
  };
}

const http = createServer();
const server = defineServer({
  rooms: {
    duel: defineRoom(DuelRoom).filterBy(["mode"]),
    checked: defineRoom(CheckedRoom as typeof DuelRoom).filterBy(["mode"]),
  },
  routes: createRouter({
    ...monitor(),
    shown: createEndpoint("/shown", { method: "GET" }, async () => {
      const listing = await matchMaker.query({});
      const rooms = listing.map(({ roomId }) => matchMaker.getLocalRoomById(roomId)).filter(Boolean);
      return { listing, rooms: rooms.map(shown) };
    }),
  }),
  transport: new WebSocketTransport({ server: http }),
  ...(redis !== "0" && { presence: new RedisPresence(Number(redis)), driver: new RedisDriver(Number(redis)) }),
  publicAddress: `127.0.0.1:${port}`,
  isStandaloneMatchMaker: role === "matchmaking",
  devMode: role === "devMode",
  greet: false,
});
attachTo(questline, server, { timeoutMs: 500 });
await server.listen(Number(port), "127.0.0.1");
console.log("listening");
