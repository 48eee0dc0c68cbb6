import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { duel, watchBroadcast, watchState, type Duel, type DuelState, type Watch } from "./duel-scene.ts";
import { turn } from "./scene.ts";

/** Beside the match's end: what the winner won with. */
const watchCrown: Watch = {
  event: "kill",
  state: ({ phase }) => phase === "ended",
  results: ({ winner }, { sessionId }) => (sessionId === winner ? { weapon: "crown" } : undefined),
};

/** A match that is given up instead. */
const watchAbort: Watch = {
  event: "kill",
  state: ({ phase }) => phase === "aborted",
  results: () => ({ weapon: "none" }),
};

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const ends = ({ reported }: Duel): string[] =>
  reported.map(({ match, event, userId }) => `${match} ${event} ${userId}`);

function show(game: Duel, state: Partial<DuelState>): Promise<void> {
  Object.assign(game.state, state);
  game.patch();
  return turn();
}

test("an end that several watches see in one patch ends one round, with every event, also for who left", async () => {
  const game = await duel([watchState, watchCrown]);
  await game.leave(game.room.clients.get("s2") as never);
  for (let match = 0; match < 2; match++) {
    await show(game, { phase: "ended", winner: match === 0 ? "s2" : "s1" });
    await show(game, { phase: "playing" });
  }
  expect(ends(game)).toEqual([
    "room-1:1 matchEnded 1",
    "room-1:1 matchEnded 2",
    "room-1:1 kill 2",
    "room-1:2 matchEnded 1",
    "room-1:2 kill 1",
  ]);
  expect(game.plugin.matchId).toBe("room-1:3");
});

test("everybody left before the end: every event is reported for them", async () => {
  const game = await duel([watchState, { ...watchAbort, state: watchState.state! }]);
  for (const session of ["s1", "s2"]) await game.leave(game.room.clients.get(session) as never);
  await show(game, { phase: "playing" });
  await show(game, { phase: "ended" });
  expect(ends(game)).toEqual(["room-1:1 matchEnded 1", "room-1:1 matchEnded 2", "room-1:1 kill 1", "room-1:1 kill 2"]);
});

test("a game that ends in different ways ends a round each time", async () => {
  const game = await duel([watchState, watchAbort]);
  for (const phase of ["ended", "playing", "aborted", "playing", "ended"]) await show(game, { phase });
  expect(ends(game).filter((end) => end.endsWith("1"))).toEqual([
    "room-1:1 matchEnded 1",
    "room-1:2 kill 1",
    "room-1:3 matchEnded 1",
  ]);
});

test("two watches of one event that see the same end report it once", async () => {
  const game = await duel([watchState, { ...watchState, results: () => ({ won: true }) }]);
  await show(game, { phase: "ended", winner: "s1" });
  expect(game.ends()).toEqual({ "room-1:1": 2 });
  expect(warned).not.toHaveBeenCalled();
});

test("one broadcast, several watches: one round; the echo of each in the state ends nothing", async () => {
  const lastKill = (): { weapon: string } => ({ weapon: "bow" });
  const game = await duel([
    { ...watchState, ...watchBroadcast },
    { ...watchCrown, broadcast: { game_over: lastKill } },
  ]);
  for (let match = 0; match < 2; match++) {
    game.state.phase = "ended";
    game.broadcast("game_over", { winner: "s1" });
    await turn();
    await show(game, { phase: "ended" });
    await show(game, { phase: "playing" });
  }
  expect(ends(game)).toEqual(
    [1, 2].flatMap((match) => [
      `room-1:${match} matchEnded 1`,
      `room-1:${match} matchEnded 2`,
      `room-1:${match} kill 1`,
      `room-1:${match} kill 2`,
    ]),
  );
});

test("ends that two watches see in different turns are ends of their own", async () => {
  const game = await duel([{ ...watchBroadcast }, watchCrown]);
  game.broadcast("game_over", { winner: "s1" });
  await turn();
  await show(game, { phase: "ended", winner: "s1" });
  expect(ends(game)).toEqual(["room-1:1 matchEnded 1", "room-1:1 matchEnded 2", "room-1:2 kill 1"]);
});

test("what one watch's functions do to the state hides no end from another", async () => {
  const game = await duel([
    { ...watchCrown, results: (state) => ((state.phase = "playing"), { weapon: "crown" }) } satisfies Watch,
    watchState,
  ]);
  await show(game, { phase: "ended", winner: "s1" });
  expect(ends(game).map((end) => end.split(" ")[1])).toEqual(["kill", "kill", "matchEnded", "matchEnded"]);
});

test("a room that goes right after its end: every watch reports it, for one round", async () => {
  const game = await duel([watchState, watchCrown]);
  Object.assign(game.state, { phase: "ended", winner: "s1" });
  await game.room.onDispose?.();
  expect(ends(game)).toEqual(["room-1:1 matchEnded 1", "room-1:1 matchEnded 2", "room-1:1 kill 1"]);
});

test("hooks the room assigns later show every watch its end", async () => {
  const game = await duel([watchBroadcast, watchAbort]);
  const ran: string[] = [];
  Object.assign(game.room, {
    onBeforePatch: () => void ran.push("patch"),
    broadcast: () => void ran.push("broadcast"),
  });
  game.broadcast("game_over", { winner: "s1" });
  await turn();
  await show(game, { phase: "aborted" });
  expect(ran).toEqual(["broadcast", "patch"]);
  expect(ends(game).filter((end) => end.endsWith("1"))).toEqual(["room-1:1 matchEnded 1", "room-1:2 kill 1"]);
});

test("hooks are wrapped once, however many watches and joins there are", async () => {
  const ran: string[] = [];
  const game = await duel([watchState, watchCrown, watchBroadcast], {
    onBeforePatch: () => void ran.push("own"),
  } as never);
  const { onBeforePatch, broadcast } = game.room;
  for (const session of ["s3", "s4"]) await game.join(session, { id: session.slice(1) });
  expect([game.room.onBeforePatch === onBeforePatch, game.room.broadcast === broadcast]).toEqual([true, true]);
  game.patch();
  expect(ran).toEqual(["own"]);
});

const boom = (): never => {
  throw new RangeError("a bug of the game");
};

test.each([
  [
    "is none",
    7,
    "watch[1]: it must be an object: { event, state, results } or { event, broadcast }. This one is left out",
  ],
  ["has an unknown event", { ...watchState, event: "matchEndd" }, /^questline: watch\[1\]: `event` must name an event/],
  ["has a state that throws", { ...watchCrown, state: boom }, /watch\[1\] \(kill\): `state` threw RangeError/],
  ["has results that throw", { ...watchCrown, results: boom }, /watch\[1\] \(kill\): `results` threw RangeError/],
  ["returns nothing", { ...watchCrown, results: () => undefined }, /watch\[1\] \(kill\): `results` returned nothing/],
])("a watch in a list that %s: said once with its place, and the others go on", async (_, wrong, words) => {
  const game = await duel([watchState, wrong, watchAbort]);
  for (const phase of ["ended", "playing", "aborted", "playing", "ended"]) await show(game, { phase });
  expect(ends(game).filter((end) => end.endsWith("1"))).toEqual([
    "room-1:1 matchEnded 1",
    "room-1:2 kill 1",
    "room-1:3 matchEnded 1",
  ]);
  const said = typeof words === "string" ? expect.stringContaining(words) : expect.stringMatching(words);
  expect(warned).toHaveBeenCalledExactlyOnceWith(said, { room: "DuelRoom" });
});

test("an empty list watches nothing and says nothing", async () => {
  const hooks = { onBeforePatch: () => {}, broadcast: () => {} };
  const { room } = await duel([], hooks as never);
  expect(Object.is(room.onBeforePatch, hooks.onBeforePatch)).toBe(true);
  expect(warned).not.toHaveBeenCalled();
});
