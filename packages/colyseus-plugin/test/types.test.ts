import { definePlugins, Room, type Client } from "@colyseus/core";
import type { Room as SdkRoom } from "@colyseus/sdk";
import type { Receipt } from "@questline/core";
import { expectTypeOf, test } from "vitest";
import type { MatchReceipts } from "../src/ended-round.ts";
import type { MatchWatches } from "../src/match-watch.ts";
import type { QuestlineMessages } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import type { Guest, Player } from "../src/player.ts";
import { fakeQuestline, type FakeEvents, type Kill } from "./fake-questline.ts";

const { questline } = fakeQuestline();

class ArenaRoom extends Room<{
  client: Client<{ auth: Player; messages: QuestlineMessages & { boom: { at: number } } }>;
}> {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
}

// Never called: only their types are looked at.
const uses = (room: ArenaRoom, client: Client, message: SdkRoom<ArenaRoom>): void => {
  const { questline: plugin } = room.plugins;

  expectTypeOf(plugin.report(client, "matchEnded", { won: true })).toEqualTypeOf<Receipt>();
  expectTypeOf(plugin.report("session", "kill", { weapon: "bow" }, { id: "k-1" })).toEqualTypeOf<Receipt>();
  expectTypeOf(
    plugin.endMatch("matchEnded", ({ connected }) => (connected ? { won: true } : undefined)),
  ).toEqualTypeOf<MatchReceipts>();
  expectTypeOf(plugin.matchId).toEqualTypeOf<string>();

  // @ts-expect-error: no such event
  plugin.report(client, "matchStarted", {});
  // @ts-expect-error: a payload of another event
  plugin.report(client, "matchEnded", { weapon: "bow" });
  // @ts-expect-error: an event that happens once per match has no occurrences
  plugin.report(client, "matchEnded", { won: true }, { id: "k-1" });
  // @ts-expect-error: the function must return the event's payload
  plugin.endMatch("kill", () => ({ won: true }) as const);
  // @ts-expect-error: an async function would report promises
  plugin.endMatch("kill", async (): Promise<Kill> => ({ weapon: "bow" }));
  expectTypeOf<keyof typeof plugin>().toEqualTypeOf<
    "messages" | "matchId" | "report" | "endMatch" | "beginMatch" | "toJSON"
  >();

  room.clients[0]?.send("questline:unlocked", { id: "o-1", achievement: "FIRST_WIN", at: 0 });
  room.clients[0]?.send("boom", { at: 1 });
  // @ts-expect-error: scores travel as text
  room.clients[0]?.send("questline:recorded", { id: "o-1", leaderboard: "B", score: 3, improved: true });

  room.clients[0]?.send("questline:recorded", { id: "o", leaderboard: "B", score: "3", improved: true, rank: 1 });
  room.clients[0]?.send("questline:delayed", { reason: "token", waiting: ["B"] });
  // @ts-expect-error: counts travel as text
  room.clients[0]?.send("questline:progress", { id: "o-1", achievement: "WINS", count: 3, target: "9" });

  message.send("questline:pull");
  message.send("questline:ack", { ids: ["o-1"] });
  // @ts-expect-error: ids are a list
  message.send("questline:ack", { ids: "o-1" });
  message.send("questline:token", { token: "t" });
  // @ts-expect-error: a token is text
  message.send("questline:token", { token: 3 });
};

interface DuelState {
  readonly phase: "playing" | "ended";
  readonly winner: string;
}

// Never called either.
const watches = (): void => {
  questlinePlugin(questline, {
    watch: {
      event: "matchEnded",
      state: ({ phase }: DuelState) => phase === "ended",
      results: (state, { sessionId, tally }) => {
        expectTypeOf(state).toEqualTypeOf<DuelState>();
        expectTypeOf(tally.count("kill")).toEqualTypeOf<number>();
        // @ts-expect-error: the weapon of a kill is no number
        tally.sum("kill", "weapon");
        return { won: state.winner === sessionId };
      },
      broadcast: { game_over: (message: { winner: string }, player) => ({ won: message.winner === player.sessionId }) },
    },
  });
  questlinePlugin(questline, {
    watch: [
      {
        event: "matchEnded",
        state: ({ phase }: DuelState) => phase === "ended",
        results: (state, player) => {
          expectTypeOf(state).toEqualTypeOf<DuelState>();
          return { won: state.winner === player.sessionId };
        },
      },
      { event: "kill", broadcast: { last_kill: ({ weapon }: Kill) => ({ weapon }) } },
      // @ts-expect-error: a payload of another event
      { event: "kill", broadcast: { last_kill: () => ({ won: true }) } },
    ],
  });
  const several: MatchWatches<FakeEvents, DuelState> = [];
  questlinePlugin(questline, { watch: several });
  // @ts-expect-error: no such event
  questlinePlugin(questline, { watch: { event: "matchEndd", broadcast: { game_over: () => ({ won: true }) } } });
  // @ts-expect-error: a payload of another event
  questlinePlugin(questline, { watch: { event: "kill", broadcast: { game_over: () => ({ won: true }) } } });
  // @ts-expect-error: the state's type has to be said
  questlinePlugin(questline, { watch: { event: "kill", state: (state) => state.phase === "ended" } });
};

test("a watch's event, payload and state are typed", () => {
  expectTypeOf(watches).toBeFunction();
});

test("events, payloads and messages are typed through definePlugins", () => {
  expectTypeOf(uses).toBeFunction();
  expectTypeOf<Awaited<ReturnType<typeof ArenaRoom.onAuth>>>().toEqualTypeOf<Player | false>();
});

test("what `then` adds shows in the type of auth", () => {
  const merged = questlineAuth(questline, { then: () => ({ level: 3 }) });
  expectTypeOf<Exclude<Awaited<ReturnType<typeof merged>>, false>>().toHaveProperty("level");
  expectTypeOf<Exclude<Awaited<ReturnType<typeof merged>>, false>["id"]>().toEqualTypeOf<string>();
  const own = questlineAuth(questline, { then: async () => ({ id: 5 }) });
  expectTypeOf<Exclude<Awaited<ReturnType<typeof own>>, false>["id"]>().toEqualTypeOf<number>();
  expectTypeOf<Exclude<Awaited<ReturnType<typeof own>>, false>["questline"]>().toEqualTypeOf<Player>();
});

test("a room that lets guests in has to expect nobody, in `then` and in auth", () => {
  const plain = questlineAuth(questline, { guests: true });
  expectTypeOf<Awaited<ReturnType<typeof plain>>>().toEqualTypeOf<Player | { readonly questline: Guest } | false>();
  const merged = questlineAuth(questline, {
    guests: true,
    then: (player) => {
      expectTypeOf(player).toEqualTypeOf<Player | undefined>();
      return { level: 3 };
    },
  });
  type Merged = Exclude<Awaited<ReturnType<typeof merged>>, false>;
  expectTypeOf<Merged["level"]>().toEqualTypeOf<number>();
  // @ts-expect-error: a guest has no id
  expectTypeOf<Merged["id"]>().toBeString();
  const strict = questlineAuth(questline, {
    then: (player) => {
      expectTypeOf(player).toEqualTypeOf<Player>();
      return true;
    },
  });
  expectTypeOf<Awaited<ReturnType<typeof strict>>>().toEqualTypeOf<Player | false>();
});
