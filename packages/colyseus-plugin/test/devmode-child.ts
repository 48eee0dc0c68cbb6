import { definePlugins, defineRoom, defineServer, Room, type Client } from "@colyseus/core";
import { RedisDriver } from "@colyseus/redis-driver";
import { RedisPresence } from "@colyseus/redis-presence";
import { schema, t } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { sqliteStore } from "@questline/core";
import { attachTo } from "../src/attach-to.ts";
import type { QuestlinePluginOptions } from "../src/plugin-options.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import type { MatchEnded } from "./rooms-scene.ts";
import { duelQuestline } from "./rooms-scene.ts";

/**
 * A game server in devMode, which keeps its rooms in the working directory's cache, or in Redis, when it is told to end.
 * Arguments: the platform, the database, a port, and the port of Redis (0 for none).
 */
const [baseUrl = "", database = "", port = "", redis = "0"] = process.argv.slice(2);
const questline = duelQuestline(baseUrl, sqliteStore(database));
const won = { won: true, timeMs: 2 };

const MatchState = schema({ phase: t.string().default("playing") }, "MatchState");
type Watched = InstanceType<typeof MatchState>;

class MatchRoom extends Room {
  static options: QuestlinePluginOptions<typeof questline.events> = {};
  override state: Watched = new MatchState();
  override plugins = definePlugins([questlinePlugin(questline, (this.constructor as typeof MatchRoom).options)]);
  override messages = {
    kill: async (client: Client, { id }: { id: string }): Promise<void> => {
      const { status } = await this.plugins.questline.report(client, "kill", { map: 3 }, { id }).durable;
      client.send("killed", { id, status });
    },
    end: async (client: Client): Promise<void> => {
      const receipts = this.#end();
      if (this.#end() !== receipts) throw new Error("the second end is another one");
      const ends = [...receipts].map(async ([user, { durable }]) => [user, (await durable).status] as const);
      client.send("ended", Object.fromEntries(await Promise.all(ends)));
    },
    phase: (client: Client, phase: string): void => {
      this.state.phase = phase;
      client.send("set", phase);
    },
    who: (client: Client): void => {
      client.send("who", { auth: client.auth, ...this.plugins.questline.toJSON() });
    },
  };
  #endsOnDispose = false;

  override onCreate({ endsOnDispose = false }: { endsOnDispose?: boolean }): void {
    this.#endsOnDispose = endsOnDispose;
  }

  override onDispose(): void {
    if (this.#endsOnDispose) this.#end();
  }

  #end(): ReadonlyMap<string, { readonly durable: Promise<{ readonly status: string }> }> {
    return this.plugins.questline.endMatch("matchEnded", ({ tally }) => ({
      ...won,
      score: BigInt(tally.count("kill")),
    }));
  }
}
class StaticRoom extends MatchRoom {
  static override onAuth = questlineAuth(questline, { then: () => ({ level: 3 }) });
}
class AccountRoom extends MatchRoom {
  static override onAuth = questlineAuth(questline, { then: () => ({ id: "db-1" }) });
}
class GuestRoom extends MatchRoom {
  static override onAuth = questlineAuth(questline, { guests: true });
}
class RequiredRoom extends MatchRoom {
  static override options = { auth: "required" } as const;
}
class WatchedRoom extends MatchRoom {
  static override onAuth = questlineAuth(questline);
  static override options: QuestlinePluginOptions<typeof questline.events> = {
    watch: {
      event: "matchEnded",
      state: ({ phase }: Watched) => phase === "over",
      results: (): MatchEnded => ({ ...won, score: 1n }),
    } as never,
  };
}

const server = defineServer({
  rooms: {
    static: defineRoom(StaticRoom),
    account: defineRoom(AccountRoom),
    guests: defineRoom(GuestRoom),
    required: defineRoom(RequiredRoom),
    watched: defineRoom(WatchedRoom),
  },
  transport: new WebSocketTransport(),
  ...(redis !== "0" && { presence: new RedisPresence(Number(redis)), driver: new RedisDriver(Number(redis)) }),
  devMode: true,
  greet: false,
});
attachTo(questline, server, { timeoutMs: 1_000 });
await server.listen(Number(port), "127.0.0.1");
console.log("listening");
