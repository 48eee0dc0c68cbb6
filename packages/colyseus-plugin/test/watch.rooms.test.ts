import { schema, t, type SchemaType } from "@colyseus/schema";
import type { ColyseusTestServer } from "@colyseus/testing";
import { definePlugins, Room } from "colyseus";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, joined, newUser, player, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;

const DuelState = schema({ phase: t.string().default("waiting"), winner: t.string().default("") }, "DuelState");
type DuelState = SchemaType<typeof DuelState>;

interface GameOver {
  readonly winner: string;
}

/** A game that knows nothing of achievements. */
class DuelGame extends Room<{ state: DuelState }> {
  override state = new DuelState();
  override autoDispose = false;
  override patchRate = 10;

  override onCreate(): void {
    // What a room assigns here replaces what was wrapped before.
    this.onBeforePatch = () => {};
  }

  finish(winner: string): void {
    this.state.assign({ phase: "ended", winner });
    this.broadcast("game_over", { winner } satisfies GameOver);
  }

  restart(): void {
    this.state.assign({ phase: "playing", winner: "" });
  }
}

const result = (won: boolean) => ({ won, score: 7n, timeMs: 1_000 });

class WatchedDuel extends DuelGame {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([
    questlinePlugin(questline, {
      watch: {
        event: "matchEnded",
        state: ({ phase }: DuelState) => phase === "ended",
        results: ({ winner }, { sessionId }) => result(sessionId === winner),
        broadcast: { game_over: ({ winner }: GameOver, { sessionId }) => result(sessionId === winner) },
      },
    }),
  ]);
}

const ended = ({ phase }: DuelState): boolean => phase === "ended";

class TwiceWatchedDuel extends DuelGame {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([
    questlinePlugin(questline, {
      watch: [
        { event: "matchEnded", state: ended, results: (state, { sessionId }) => result(sessionId === state.winner) },
        { event: "kill", state: ended, results: () => ({ map: 3 }) },
        { event: "kill", broadcast: { aborted: () => ({ map: 5 }) } },
      ],
    }),
  ]);
}

class SilentDuel extends DuelGame {
  static override onAuth = questlineAuth(questline);
  // The only patches are those the game asks for.
  override patchRate = null as unknown as number;
  override plugins = definePlugins([
    questlinePlugin(questline, {
      watch: {
        event: "matchEnded",
        state: ended,
        results: ({ winner }, { sessionId }) => result(sessionId === winner),
      },
    }),
  ]);
}

class ThrowingDuel extends DuelGame {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([
    questlinePlugin(questline, {
      watch: {
        event: "matchEnded",
        state: (state: DuelState) => (state as unknown as { scores: Map<string, number> }).scores.size > 0,
        results: () => result(true),
      },
    }),
  ]);
}

beforeAll(async () => {
  server = await serve({ duel: WatchedDuel, twice: TwiceWatchedDuel, silent: SilentDuel, throwing: ThrowingDuel });
});
afterEach(async () => {
  await server.cleanup();
  vi.restoreAllMocks();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

test("a match that ends in state and broadcast reaches Meta once a round, for a player who left, too", async () => {
  const [ada, grace] = [newUser(emulator), newUser(emulator)];
  const stays = await player(ada.token).joinOrCreate<DuelGame>("duel");
  stays.onMessage("*", () => {});
  const room = server.getRoomById<WatchedDuel>(stays.roomId);
  const leaves = await player(grace.token).joinById(stays.roomId);
  await Promise.all([joined(room, stays), joined(room, leaves)]);
  room.restart();
  await leaves.leave();
  await vi.waitFor(() => expect(room.clients.length).toBe(1), { interval: 5 });

  for (let round = 1; round <= 2; round++) {
    room.finish(stays.sessionId);
    await stays.waitForNextPatch();
    await questline.flush();
    expect(emulator.world.progress(ada.id, "WINS_100").count).toBe(BigInt(round));
    room.restart();
    await stays.waitForNextPatch();
  }
  expect(emulator.world.progress(ada.id, "FIRST_WIN").unlocked).toBe(true);
  expect(emulator.world.progress(grace.id, "WINS_100").count).toBe(1n);
  expect(emulator.world.progress(grace.id, "FIRST_WIN").unlocked).toBe(false);
  expect(emulator.oracle.achievement(ada.id, "WINS_100").added).toBe(2n);
});

test("several watches: an end that two see reaches Meta as both events of one round, another end on its own", async () => {
  const ada = newUser(emulator);
  const connected = await player(ada.token).joinOrCreate<DuelGame>("twice");
  connected.onMessage("*", () => {});
  const room = server.getRoomById<TwiceWatchedDuel>(connected.roomId);
  await joined(room, connected);
  const rounds = [room.plugins.questline.matchId];
  room.finish(connected.sessionId);
  await connected.waitForNextPatch();
  rounds.push(room.plugins.questline.matchId);
  await questline.flush();
  expect(emulator.world.progress(ada.id, "FIRST_WIN").unlocked).toBe(true);
  expect(emulator.world.progress(ada.id, "EVERY_MAP").bits).toBe("0001000");

  room.broadcast("aborted");
  rounds.push(room.plugins.questline.matchId);
  await questline.flush();
  expect(emulator.world.progress(ada.id, "EVERY_MAP").bits).toBe("0001010");
  expect(emulator.oracle.achievement(ada.id, "WINS_100").added).toBe(1n);
  expect(new Set(rounds).size).toBe(3);
});

test("a room that ends its match and disconnects at once: everyone's result arrives", async () => {
  const ada = newUser(emulator);
  const sdk = await player(ada.token).joinOrCreate<DuelGame>("silent");
  const room = server.getRoomById<SilentDuel>(sdk.roomId);
  await joined(room, sdk);
  room.state.assign({ phase: "ended", winner: sdk.sessionId });
  await room.disconnect();
  await questline.flush();
  expect(emulator.oracle.achievement(ada.id, "WINS_100").added).toBe(1n);
  expect(emulator.world.progress(ada.id, "FIRST_WIN").unlocked).toBe(true);
});

test("a watch that throws is told once, and patches and messages go on", async () => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const ada = await player(newUser(emulator).token).joinOrCreate<DuelGame>("throwing");
  const heard: unknown[] = [];
  ada.onMessage("game_over", (message) => heard.push(message));
  const room = server.getRoomById<ThrowingDuel>(ada.roomId);
  await joined(room, ada);
  room.finish(ada.sessionId);
  await vi.waitFor(() => expect(ada.state.phase).toBe("ended"), { interval: 5 });
  room.restart();
  await vi.waitFor(() => expect(ada.state.phase).toBe("playing"), { interval: 5 });
  expect(heard).toEqual([{ winner: ada.sessionId }]);
  const told = warned.mock.calls.filter(([message]) => /watch/.test(String(message)));
  expect(told).toEqual([[expect.stringMatching(/`state` threw TypeError/), { room: "ThrowingDuel" }]]);
});
