import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { duel, watchBroadcast, watchState, type DuelState, type Watch } from "./duel-scene.ts";
import { scene, turn } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

test("a state that turns to ended is one end, reported for everyone, those who left included", async () => {
  const game = await duel(watchState);
  const left = game.room.clients.get("s2")!;
  await game.leave(left as never);
  game.patch();
  Object.assign(game.state, { phase: "ended", winner: "s2" });
  for (let patch = 0; patch < 3; patch++) game.patch();
  expect(game.reported.map(({ match, userId, payload }) => [match, userId, payload])).toEqual([
    ["room-1:1", "1", { won: false }],
    ["room-1:1", "2", { won: true }],
  ]);
});

test("the next match ends when the state turns again", async () => {
  const game = await duel(watchState);
  for (const phase of ["ended", "playing", "playing", "ended", "ended"]) {
    game.state.phase = phase;
    game.patch();
    await turn();
  }
  expect(game.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2 });
});

test("a state that is ended when the first player joins ends nothing", async () => {
  const state: DuelState = { phase: "ended" };
  const game = await duel(watchState, { state } as never);
  game.patch();
  expect(game.reported).toEqual([]);
  for (const phase of ["playing", "ended"]) {
    state.phase = phase;
    game.patch();
  }
  expect(game.ends()).toEqual({ "room-1:1": 2 });
});

test("a broadcast ends the match, after it was sent, with its arguments and its receiver", async () => {
  const sent: unknown[] = [];
  const game = await duel(watchBroadcast, {
    broadcast(this: unknown, ...args: unknown[]) {
      sent.push(this, ...args, game.reported.length);
    },
  } as never);
  game.broadcast("chat", { winner: "s1" });
  expect(game.reported).toEqual([]);
  sent.length = 0;
  game.broadcast("game_over", { winner: "s1" });
  expect(sent).toEqual([game.room, "game_over", { winner: "s1" }, 0]);
  expect(game.reported.map(({ userId, payload }) => [userId, payload])).toEqual([
    ["1", { won: true }],
    ["2", { won: false }],
  ]);
});

test.each([
  ["broadcast first", ["broadcast", "patch"]],
  ["state first", ["patch", "broadcast"]],
  ["state first, the broadcast much later", ["patch", "patch", "patch", "broadcast"]],
])("an end seen in state and broadcast counts once: %s", async (_, steps) => {
  const game = await duel({ ...watchState, ...watchBroadcast });
  for (let match = 0; match < 3; match++) {
    Object.assign(game.state, { phase: "ended", winner: "s1" });
    for (const step of steps) {
      if (step === "patch") game.patch();
      else game.broadcast("game_over", { winner: "s1" });
      await turn();
    }
    // A late report is no new match.
    game.plugin.report("s1", "kill", { weapon: "bow" });
    game.state.phase = "playing";
    game.patch();
  }
  expect(game.ends()).toEqual({ "room-1:1": 2, "room-1:2": 2, "room-1:3": 2 });
});

test("the room's own patch hook runs as before, and one that replaces it in the middle of a match is wrapped", async () => {
  const ran: string[] = [];
  const game = await duel(watchState, { onBeforePatch: () => void ran.push("own") } as never);
  game.patch();
  game.room.onBeforePatch = () => void ran.push("replaced");
  game.state.phase = "ended";
  game.patch();
  expect(ran).toEqual(["own", "replaced"]);
  expect(game.ends()).toEqual({ "room-1:1": 2 });
});

test("an end that no patch shows any more, since the room goes, is seen before the room's own onDispose", async () => {
  const game = await duel(watchState, { onDispose: () => void Object.assign(game.state, { winner: "gone" }) } as never);
  game.patch();
  Object.assign(game.state, { phase: "ended", winner: "s1" });
  for (const id of ["s1", "s2"]) await game.leave(game.room.clients.get(id) as never);
  await game.room.onDispose?.();
  expect(game.reported.map(({ userId, payload }) => [userId, payload])).toEqual([
    ["1", { won: true }],
    ["2", { won: false }],
  ]);
});

test("a room that goes in the middle of a match, or after an end that was seen, ends nothing more", async () => {
  const unfinished = await duel(watchState);
  await unfinished.room.onDispose?.();
  expect(unfinished.ends()).toEqual({});
  const finished = await duel(watchState);
  finished.state.phase = "ended";
  finished.patch();
  await finished.room.onDispose?.();
  expect(finished.ends()).toEqual({ "room-1:1": 2 });
});

test("the tally of the round is there for `results`", async () => {
  const game = await duel({
    event: "kill",
    state: ({ phase }) => phase === "ended",
    results: (_, { tally }) => ({ weapon: `${tally.count("kill")}` }),
  } satisfies Watch);
  game.plugin.report("s1", "kill", { weapon: "bow" });
  game.state.phase = "ended";
  game.patch();
  expect(game.reported.slice(1).map(({ userId, payload }) => [userId, payload])).toEqual([
    ["1", { weapon: "1" }],
    ["2", { weapon: "0" }],
  ]);
});

test("a match of guests ends without a complaint, and nothing is reported for them yet", async () => {
  const state: DuelState = { phase: "playing" };
  const room = scene({ auth: "guests", watch: watchState }, { constructor: { name: "GuestRoom" }, state } as never);
  await room.join("s1", undefined);
  state.phase = "ended";
  room.room.onBeforePatch?.(state as never);
  await turn();
  expect(room.reported).toEqual([]);
  expect(room.plugin.toJSON().guestReports).toEqual({ kept: 1, claimed: 0, dropped: 0 });
  expect(warned).not.toHaveBeenCalled();
});

const boom = (): never => {
  throw new RangeError("a bug of the game");
};

test.each([
  ["no object", 7, /must be an object/],
  [
    "no event",
    { state: () => true, results: () => ({}) },
    /`event` must name an event, not undefined; there are matchEnded, kill/,
  ],
  ["an unknown event", { ...watchState, event: "matchEndd" }, /not "matchEndd"; there are matchEnded, kill/],
  ["no watcher", { event: "matchEnded" }, /`state` must be a function/],
  ["a state without results", { event: "matchEnded", state: () => true }, /needs `results`/],
  ["a broadcast that is none", { event: "matchEnded", broadcast: ["game_over"] }, /`broadcast` must be an object/],
  ["a broadcast without a function", { event: "matchEnded", broadcast: { over: true } }, /`broadcast.over` must be/],
  ["a throwing state", { ...watchState, state: boom }, /`state` threw RangeError: a bug of the game/],
  ["an async state", { ...watchState, state: async () => Promise.reject(new Error("late")) }, /not a promise/],
  ["a state that answers text", { ...watchState, state: () => "ended" }, /true or false, not string/],
])("%s: said once, and the room goes on", async (_, watch, words) => {
  const game = await duel(watch);
  for (const phase of ["playing", "ended", "playing", "ended"]) {
    game.state.phase = phase;
    game.patch();
  }
  expect(game.reported).toEqual([]);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(words), { room: "DuelRoom" });
});

test.each([
  ["throws", boom, /`results` threw RangeError: a bug of the game/, 4],
  ["returns a promise", async () => Promise.reject(new Error("late")), /returned a promise/, 4],
  ["returns nothing for anybody", () => undefined, /returned nothing for any of 2 players/, 0],
])("results that %s: said once, counted, and the room goes on", async (_, results, words, refused) => {
  const game = await duel({ ...watchState, results });
  for (const phase of ["ended", "playing", "ended"]) {
    game.state.phase = phase;
    game.patch();
    await turn();
  }
  expect(game.reported).toEqual([]);
  expect(game.plugin.toJSON().refused).toBe(refused);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(words), { room: "DuelRoom" });
});

test("a payload that the rules refuse is told once", async () => {
  const game = await duel(watchState);
  const refuse = { durable: Promise.resolve({ status: "refused", reason: "won must be a boolean" }) };
  Object.assign(game.questline, { match: (id: string) => ({ id, report: () => refuse }) });
  game.state.phase = "ended";
  game.patch();
  await turn();
  expect(warned).toHaveBeenCalledExactlyOnceWith(
    expect.stringMatching(/what `results` returned is refused: won must be a boolean/),
    { room: "DuelRoom" },
  );
});

test("without a watch the room keeps its own patch hook and broadcast", async () => {
  const hooks = { onBeforePatch: () => {}, broadcast: () => {} };
  const { room } = await duel(undefined, hooks as never);
  expect(Object.is(room.onBeforePatch, hooks.onBeforePatch)).toBe(true);
  expect(Object.is(room.broadcast, hooks.broadcast)).toBe(true);
});

test("a room restored by devMode with a state that is over: the match ended in its earlier life", async () => {
  const { state, room, patch, ends } = await duel(watchState);
  patch();
  room.onRestoreRoom = ((restore) => (cached: unknown) => {
    state.phase = "ended";
    restore?.call(room, cached);
  })(room.onRestoreRoom);
  room.onRestoreRoom({});
  patch();
  expect(ends()).toEqual({});
  state.phase = "playing";
  patch();
  state.phase = "ended";
  patch();
  expect(Object.keys(ends())).toHaveLength(1);
});
