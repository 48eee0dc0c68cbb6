import { schema, t, type SchemaType } from "@colyseus/schema";
import { type Client, definePlugins, Room } from "@colyseus/core";
import { questlineAuth, questlinePlugin } from "@questline/colyseus";
import { now } from "../runtime/timers.ts";
import { IntervalBook } from "./intervals.ts";
import { questline } from "./questline.ts";

const DuelPlayer = schema({ hits: t.uint16().default(0) }, "BenchPlayer");
const DuelState = schema(
  { phase: t.string().default("waiting"), winner: t.string().default(""), players: t.map(DuelPlayer) },
  "BenchState",
);
type DuelState = SchemaType<typeof DuelState>;

/** Deviations of every room's patch intervals. */
export const intervals: IntervalBook = new IntervalBook();
export const rooms: Set<PlainRoom> = new Set();

/** A game that has never heard of Questline. */
export class PlainRoom extends Room<{ state: DuelState }> {
  override state = new DuelState();
  override autoDispose = false;
  override messages = { hit: (client: Client) => this.hit(client) };
  #lastPatch = 0;

  override onCreate({ clients }: { clients: number }): void {
    this.maxClients = clients;
    rooms.add(this);
  }

  override onJoin({ sessionId }: Client): void {
    this.state.players.set(sessionId, new DuelPlayer());
  }

  override onBeforePatch(): void {
    const at = now();
    if (this.#lastPatch > 0) intervals.add(at - this.#lastPatch - (this.patchRate ?? 0));
    this.#lastPatch = at;
  }

  hit({ sessionId }: Client): void {
    const player = this.state.players.get(sessionId);
    if (player) player.hits += 1;
  }

  begin(): void {
    for (const player of this.state.players.values()) player.hits = 0;
    this.state.assign({ phase: "playing", winner: "" });
  }

  end(): void {
    const [winner = ""] = this.state.players.keys();
    this.state.assign({ phase: "ended", winner });
  }
}

/** The same game with the plugin: its hits are reported, and the end of a match is watched. */
export class QuestlineRoom extends PlainRoom {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([
    questlinePlugin(questline, {
      watch: {
        event: "matchEnded",
        begins: ({ phase }: DuelState) => phase === "playing",
        state: ({ phase }) => phase === "ended",
        results: ({ winner }, { sessionId, tally }) => ({ won: sessionId === winner, hits: tally.count("hit") }),
      },
    }),
  ]);

  override hit(client: Client): void {
    super.hit(client);
    this.plugins.questline.report(client, "hit", {});
  }
}
