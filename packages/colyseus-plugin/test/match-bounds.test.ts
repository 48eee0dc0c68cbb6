import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { duel, watchBroadcast, watchState, type Duel, type DuelState, type Watch } from "./duel-scene.ts";
import type { FakeClient } from "./fake-room.ts";
import { turn, won } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const client = (game: Duel, sessionId: string): FakeClient => game.room.clients.get(sessionId) as never;
const results = ({ reported }: Duel): string[] =>
  reported.map(({ match, userId, payload }) => `${match} ${userId} ${(payload as { won?: boolean }).won}`);
const lobby: Watch = { ...watchState, begins: ({ phase }) => phase === "playing" };

/** A game whose players wait for each other. */
async function inLobby(watch: unknown): Promise<Duel> {
  const state: DuelState = { phase: "lobby" };
  return { ...(await duel(watch, { state } as never)), state };
}

/** A game that gives the win to whoever is there last. */
async function lastOneWins(watch: unknown = watchState): Promise<Duel> {
  const game: Duel = await duel(watch, {
    onLeave: () => {
      if (game.room.clients.length === 1) Object.assign(game.state, { phase: "ended", winner: "s2" });
    },
    // As Colyseus does it: clients first, one after the other, then the room.
    disconnect: async () => {
      for (const sessionId of ["s1", "s2"]) await game.leave(client(game, sessionId));
      await game.room.onDispose?.();
    },
  } as never);
  return game;
}

test("a server that throws everybody out makes nobody a winner", async () => {
  const game = await lastOneWins();
  game.patch();
  await game.room.disconnect();
  expect(game.reported).toEqual([]);
});

test("what the game broadcasts while everybody is thrown out ends nothing either", async () => {
  const game = await lastOneWins(watchBroadcast);
  const leaving = game.room.disconnect();
  game.broadcast("game_over", { winner: "s2" });
  await leaving;
  expect(game.reported).toEqual([]);
});

test("a win by the other's leaving, in a room that goes on, is one", async () => {
  const game = await lastOneWins();
  await game.leave(client(game, "s1"));
  game.patch();
  expect(results(game)).toEqual(["room-1:1 1 false", "room-1:1 2 true"]);
});

test("an end that is set and a disconnect in the same turn count; a disconnect that throws ends no watch", async () => {
  const game = await lastOneWins();
  Object.assign(game.state, { phase: "ended", winner: "s1" });
  await game.room.disconnect();
  expect(results(game)).toEqual(["room-1:1 1 true", "room-1:1 2 false"]);

  const busy = await duel(watchState, {
    disconnect: () => {
      throw new Error("cannot disconnect during onCreate()");
    },
  } as never);
  expect(() => busy.room.disconnect()).toThrow("cannot disconnect");
  busy.state.phase = "ended";
  busy.patch();
  expect(busy.ends()).toEqual({ "room-1:1": 2 });
});

test("news under one message type: only what gives somebody a payload ends the match, with all of its tallies", async () => {
  const news = ({ over }: { over?: string }, { sessionId, tally }: { sessionId: string; tally: { count: Function } }) =>
    over === undefined ? undefined : { won: over === sessionId && tally.count("kill") === 2 };
  const game = await duel({ event: "matchEnded", broadcast: { news } });
  game.plugin.report("s1", "kill", { weapon: "bow" }, { id: "1" });
  await game.leave(client(game, "s2"));
  for (const chat of ["hello", "bye"]) game.broadcast("news", { chat });
  await turn();
  game.plugin.report("s1", "kill", { weapon: "bow" }, { id: "2" });
  game.broadcast("news", { over: "s1" });
  expect(results(game).filter((end) => !end.endsWith("undefined"))).toEqual(["room-1:1 1 true", "room-1:1 2 false"]);
  expect(warned).not.toHaveBeenCalled();
});

test("`when` says which messages end the match", async () => {
  const when = ({ kind }: { kind: string }): boolean => kind === "over";
  const game = await duel({ event: "matchEnded", broadcast: { news: won }, when });
  game.broadcast("news", { kind: "chat" });
  expect(game.reported).toEqual([]);
  game.broadcast("news", { kind: "over" });
  expect(game.ends()).toEqual({ "room-1:1": 2 });
});

test("results that are not there yet are asked for again, of those who played", async () => {
  const game = await duel({
    ...watchState,
    results: ({ winner }: DuelState, { sessionId }: { sessionId: string }) =>
      winner === undefined ? undefined : { won: sessionId === winner },
  });
  game.state.phase = "ended";
  game.patch();
  await game.join("s3", { id: "3" });
  game.patch();
  game.state.winner = "s3";
  for (let patch = 0; patch < 2; patch++) game.patch();
  expect(results(game)).toEqual(["room-1:1 1 false", "room-1:1 2 false"]);
});

test("who comes to a room that is over, where nobody has played, gets no result", async () => {
  const game = await duel(watchState);
  for (const sessionId of ["s1", "s2"]) await game.leave(client(game, sessionId));
  game.patch();
  game.state.phase = "ended";
  game.plugin.beginMatch();
  game.patch();
  await game.join("s3", { id: "3" });
  game.patch();
  expect(game.reported).toEqual([]);
});

test("who leaves between two matches has no part in the next one", async () => {
  const game = await duel(watchState);
  game.state.phase = "ended";
  game.patch();
  await turn();
  await game.leave(client(game, "s2"));
  const { matchId } = game.plugin;
  game.state.phase = "playing";
  game.patch();
  expect(game.plugin.matchId).toBe(matchId);
  game.state.phase = "ended";
  game.patch();
  expect(results(game)).toEqual(["room-1:1 1 false", "room-1:1 2 false", "room-1:2 1 false"]);
});

test("who leaves the lobby has no part in the match; who leaves the match has, also right as it begins", async () => {
  const game = await inLobby(lobby);
  await game.join("s3", { id: "3" });
  await game.leave(client(game, "s1"));
  game.patch();
  game.plugin.report("s2", "kill", { weapon: "bow" }, { id: "warm-up" });
  game.state.phase = "playing";
  await game.leave(client(game, "s2"));
  game.patch();
  Object.assign(game.state, { phase: "ended", winner: "s3" });
  game.patch();
  expect(results(game).slice(1)).toEqual(["room-1:1 2 false", "room-1:1 3 true"]);
});

test("with `begins`, an end is latched until the match begins again, and nothing ends before it began", async () => {
  const game = await inLobby(lobby);
  for (const phase of ["lobby", "ended", "lobby", "ended", "playing", "ended", "lobby", "ended", "playing", "ended"]) {
    game.state.phase = phase;
    game.patch();
    await turn();
  }
  expect(game.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2 });
});

test("a match that never came to its end is not the next one: who left it has no part in that", async () => {
  const game = await inLobby(lobby);
  game.state.phase = "playing";
  game.patch();
  await game.leave(client(game, "s2"));
  for (const phase of ["lobby", "playing", "ended"]) {
    game.state.phase = phase;
    game.patch();
  }
  expect(game.ends()).toEqual({ "room-1:1": 1 });
});

test("what `begins` counts as playing is no beginning: who left before a pause is still in the match", async () => {
  const game = await inLobby({ ...watchState, begins: ({ phase }: DuelState) => phase !== "lobby" });
  game.state.phase = "playing";
  game.patch();
  await game.leave(client(game, "s2"));
  for (const phase of ["paused", "playing", "ended"]) {
    game.state.phase = phase;
    game.patch();
  }
  expect(game.ends()).toEqual({ "room-1:1": 2 });
});

test("`begins` holds for broadcasts, too; one that never turns false is told, and ends the match once", async () => {
  const game = await inLobby({ ...watchBroadcast, begins: ({ phase }: DuelState) => phase !== "lobby" });
  for (const phase of ["lobby", "playing", "playing"]) {
    game.state.phase = phase;
    game.patch();
    game.broadcast("game_over", { winner: "s1" });
    await turn();
  }
  expect(game.ends()).toEqual({ "room-1:1": 2 });
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/`begins` has been true ever since/), {
    room: "DuelRoom",
  });
});

test("whoever wins and leaves before the next patch has won: the state is looked at before the room's own hooks", async () => {
  const onLeave = vi.fn<() => void>();
  const onDrop = vi.fn<() => void>();
  const game = await duel(watchState, { onLeave, onDrop } as never);
  Object.assign(game.state, { phase: "ended", winner: "s1" });
  onLeave.mockImplementation(() => void (game.state.winner = "nobody"));
  await game.leave(client(game, "s1"));
  game.patch();
  expect(results(game)).toEqual(["room-1:1 1 true", "room-1:1 2 false"]);

  const dropped = await duel(watchState, { onDrop } as never);
  Object.assign(dropped.state, { phase: "ended", winner: "s1" });
  onDrop.mockImplementation(() => void (dropped.state.winner = "nobody"));
  const gone = client(dropped, "s1");
  dropped.drop(gone);
  await dropped.room.onDrop?.(gone, 1006);
  expect(results(dropped)).toEqual(["room-1:1 1 true", "room-1:1 2 false"]);
  expect((await duel(watchState)).room.onDrop).toBeUndefined();
});

test("two ends within a second are told once; with `again` a flicker is one end", async () => {
  const flicker = async (watch: unknown): Promise<Duel> => {
    const game = await duel(watch);
    for (let look = 0; look < 200; look++) {
      game.state.phase = look % 2 === 0 ? "ended" : "playing";
      game.clock.advance(50);
      game.room.onBeforePatch?.(game.state as never);
      await turn();
    }
    return game;
  };
  const told = await flicker(watchState);
  expect(Object.keys(told.ends())).toHaveLength(100);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/two ends within a second.*`again`/), {
    room: "DuelRoom",
  });
  const game = await flicker({ ...watchState, again: 1_000 });
  expect(game.ends()).toEqual({ "room-1:1": 2 });
  game.state.phase = "playing";
  for (let look = 0; look < 2; look++) game.patch();
  game.state.phase = "ended";
  game.patch();
  expect(game.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2 });
});

test("`again` holds for broadcasts", async () => {
  const game = await duel({ ...watchBroadcast, again: 1_000 });
  for (const ms of [0, 999, 1]) {
    game.clock.advance(ms);
    game.broadcast("game_over", { winner: "s1" });
    await turn();
  }
  expect(game.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2 });
});

test.each([
  ["the game first", true],
  ["the watch first", false],
])("one end that the game tells and a watch sees counts once: %s", async (_, gameFirst) => {
  const game = await duel(watchState);
  const tell = (): unknown => game.plugin.endMatch("matchEnded", won);
  const see = (): void => {
    game.clock.advance(50);
    game.room.onBeforePatch?.(game.state as never);
  };
  for (let match = 0; match < 2; match++) {
    game.state.phase = "playing";
    game.patch();
    Object.assign(game.state, { phase: "ended", winner: "s1" });
    for (const step of gameFirst ? [tell, see] : [see, tell]) {
      step();
      await turn();
    }
  }
  expect(game.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2 });
});

test("an end that follows the game's own much later, or after a report, is the next match's", async () => {
  const game = await duel(watchState);
  game.patch();
  game.plugin.endMatch("matchEnded", won);
  await turn();
  game.state.phase = "ended";
  game.patch();
  expect(game.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2 });

  const played = await duel(watchBroadcast);
  played.plugin.endMatch("matchEnded", won);
  played.plugin.report("s1", "kill", { weapon: "bow" }, { id: "1" });
  await turn();
  played.broadcast("game_over", { winner: "s1" });
  expect(played.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2 });
});

test.each([
  [{ ...watchState, begins: true }, /`begins` must be a function/],
  [{ ...watchBroadcast, when: "over" }, /`when` must be a function/],
  [{ ...watchState, again: -1 }, /`again` must be milliseconds/],
  [{ ...watchState, leave: won }, /`leave` is for a match without an end/],
  [{ event: "kill", leave: "now" }, /`leave` must be a function/],
])("a watch with a wrong condition is told: %o", async (watch, words) => {
  const game = await duel(watch);
  game.state.phase = "ended";
  game.patch();
  expect(game.reported).toEqual([]);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(words), { room: "DuelRoom" });
});
