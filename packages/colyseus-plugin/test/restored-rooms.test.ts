import type { Client } from "@colyseus/core";
import { expect, test, vi } from "vitest";
import type { MatchPlayer } from "../src/match-player.ts";
import type { MatchWatch } from "../src/match-watch.ts";
import type { FakeEvents } from "./fake-questline.ts";
import type { FakeClient } from "./fake-room.ts";
import { scene, turn, won, type Scene } from "./scene.ts";

/** A room whose seats are all there, as Colyseus restores them. */
const seated: Parameters<typeof scene>[1] = { hasReservedSeat: () => true };

/** A connection joins this room with a reconnection token of its own. */
async function join({ join: enter }: Scene, sessionId: string, auth: unknown): Promise<FakeClient> {
  const client = await enter(sessionId, auth);
  client.reconnectionToken = `token-of-${sessionId}`;
  return client;
}

/** What the room leaves to its next life. */
const cacheOf = ({ room }: Scene): string => JSON.stringify(room.onCacheRoom?.());

function restored(cache: string, options: Parameters<typeof scene>[0] = {}): Scene {
  const next = scene(options, seated);
  next.room.onRestoreRoom?.(JSON.parse(cache));
  return next;
}

/** A connection takes a restored seat, as Colyseus lets it: with an empty `auth`. */
async function takeSeat({ room, join: enter }: Scene, sessionId: string, token?: string): Promise<FakeClient> {
  expect(room.hasReservedSeat(sessionId, token)).toBe(true);
  return enter(sessionId, {});
}

async function played(): Promise<{ cache: string; matchId: string }> {
  const first = scene({}, seated);
  await join(first, "s1", { id: "1", alias: "ada", level: 3 });
  await join(first, "s2", { id: "db-2", questline: { id: "2" } });
  await join(first, "s3", { level: 1 });
  first.plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-1" });
  await first.leave(await join(first, "s4", { userId: "4" }));
  return { cache: cacheOf(first), matchId: first.plugin.matchId };
}

test("the cache says who played and what, and holds neither proof nor the game's own data", async () => {
  const { cache, matchId } = await played();
  const { questline } = JSON.parse(cache) as { questline: { players: { sessionId: string; auth: object }[] } };
  expect(questline).toMatchObject({ matchId });
  expect(questline.players.map(({ sessionId, auth }) => [sessionId, auth])).toEqual([
    ["s1", { id: "1" }],
    ["s2", { questline: { id: "2" } }],
    ["s4", { userId: "4" }],
  ]);
  for (const word of ["token-of", "ada", "level", "db-2"]) expect(cache).not.toContain(word);
});

test("nobody came back yet: the match ends for everyone of it all the same, with what they did", async () => {
  const { cache, matchId } = await played();
  const { plugin, reported } = restored(cache);
  expect(plugin.toJSON()).toMatchObject({ matchId, players: 3 });
  plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-1" });
  plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-2" });
  const shown: unknown[] = [];
  plugin.endMatch("matchEnded", ({ userId, connected, tally }) => {
    shown.push([userId, connected, tally.count("kill")]);
    return { won: true };
  });
  expect(shown).toEqual([
    ["1", false, 2],
    ["2", false, 0],
    ["4", false, 0],
  ]);
  expect(new Set(reported.map(({ match }) => match))).toEqual(new Set([matchId]));
  await turn();
  expect(plugin.endMatch("kill", () => ({ weapon: "bow" })).size).toBe(0);
});

test("who brings the session's own reconnection token is its player again, and is shown once", async () => {
  const { cache } = await played();
  const next = restored(cache);
  expect((await takeSeat(next, "s1", "token-of-s1")).auth).toEqual({ id: "1" });
  expect((await takeSeat(next, "s2", "token-of-s2")).auth).toEqual({ questline: { id: "2" } });
  expect([...next.plugin.endMatch("matchEnded", won).keys()]).toEqual(["1", "2", "4"]);
  await turn();
  expect([...next.plugin.endMatch("kill", () => ({ weapon: "bow" })).keys()]).toEqual(["1", "2"]);
});

test.each([
  ["no token", undefined],
  ["an empty one", ""],
  ["another session's", "token-of-s2"],
])("a seat taken with %s is nobody's, while its player's match counts", async (_, token) => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { cache } = await played();
  const next = restored(cache);
  const client = await takeSeat(next, "s1", token);
  expect(client.auth).toEqual({});
  for (const player of [client as Client, "s1"])
    expect(await next.plugin.report(player, "kill", { weapon: "bow" }, { id: "k-9" }).durable).toMatchObject({
      status: "refused",
    });
  expect([...next.plugin.endMatch("matchEnded", won).keys()]).toEqual(["1", "2", "4"]);
  warned.mockRestore();
});

test("a proof is of the connection that brought it: not of one that Colyseus turned away, nor of the next", async () => {
  const { cache } = await played();
  let hasSeat = false;
  const next = scene({}, { hasReservedSeat: () => hasSeat });
  next.room.onRestoreRoom?.(JSON.parse(cache));
  next.room.hasReservedSeat("s1", "token-of-s1");
  expect((await next.join("s1", {})).auth).toEqual({});
  hasSeat = true;
  next.room.hasReservedSeat("s2", "token-of-s2");
  next.room.hasReservedSeat("s2");
  expect((await next.join("s2", {})).auth).toEqual({});
});

test("a game that finds its users itself has them again, though `client.auth` says nothing of them", async () => {
  const resolveUserId = ({ auth }: Client): string => (auth as { meta: { id: string } }).meta.id;
  const first = scene({ resolveUserId }, seated);
  await join(first, "s1", { meta: { id: "1" } });
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const next = restored(cacheOf(first), { resolveUserId });
  await takeSeat(next, "s1", "token-of-s1");
  expect([...next.plugin.endMatch("matchEnded", won).keys()]).toEqual(["1"]);
  expect(warned).not.toHaveBeenCalled();
  warned.mockRestore();
});

test("what a restored room goes on with is the running round's, and no part of the next", async () => {
  const first = scene({}, seated);
  await join(first, "s1", { id: "1" });
  first.plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-1" });
  first.plugin.endMatch("matchEnded", won);
  first.plugin.endMatch("kill", () => ({ weapon: "crown" }));
  first.plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-2" });
  first.plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-3" });

  const next = restored(cacheOf(first));
  const { plugin } = next;
  const counts: number[] = [];
  const count = ({ tally }: MatchPlayer<FakeEvents>): { won: boolean } => (counts.push(tally.count("kill")), won());
  plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-3" });
  expect(plugin.matchId).toBe(first.plugin.matchId);
  plugin.endMatch("matchEnded", count);
  plugin.endMatch("kill", ({ tally }) => (counts.push(tally.count("kill")), { weapon: "crown" }));
  expect(counts).toEqual([2, 2]);
  plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-3" });
  expect(JSON.parse(cacheOf(next))).toMatchObject({ questline: { tallies: [{ times: 1 }] } });
});

interface MatchState {
  phase: string;
}
const watch: MatchWatch<FakeEvents, MatchState>[] = [
  { event: "matchEnded", state: ({ phase }) => phase === "ended", results: won },
  { event: "kill", state: ({ phase }) => phase !== "playing", results: () => ({ weapon: "bow" }) },
];

test("an end that a restored state shows already is none, for each of several watches; the next is, for who is back", async () => {
  const { cache } = await played();
  const state: MatchState = { phase: "playing" };
  const onRestoreRoom = (): void => void (state.phase = "ended");
  const next = scene({ watch } as never, { ...seated, state, onRestoreRoom } as never);
  const show = (phase: string): void => {
    state.phase = phase;
    next.room.onBeforePatch?.(state as never);
  };
  next.room.onRestoreRoom?.(JSON.parse(cache));
  show("ended");
  await takeSeat(next, "s1", "token-of-s1");
  show("ended");
  expect(next.reported).toEqual([]);
  show("playing");
  show("ended");
  expect(next.reported.map(({ event, userId }) => `${event} ${userId}`)).toEqual(["matchEnded 1", "kill 1"]);
});

test("an end that no patch has shown before the restart is reported then, and the cache is of the next match", async () => {
  const state: MatchState = { phase: "playing" };
  const first = scene({ watch } as never, { ...seated, state } as never);
  await join(first, "s1", { id: "1" });
  state.phase = "ended";
  const cache = cacheOf(first);
  await first.room.onDispose?.();
  expect(first.reported.map(({ match, event }) => `${match} ${event}`)).toEqual([
    "room-1:1 matchEnded",
    "room-1:1 kill",
  ]);
  expect(JSON.parse(cache)).toMatchObject({ questline: { matchId: "room-1:2" } });
});

test.each([
  ["nothing", null],
  ["text", "room-1:before"],
  ["an older version's", { matchId: "room-1:before" }],
  ["what cannot be read", { matchId: 7, players: [{ sessionId: 1 }], tallies: {} }],
])("a cache that holds %s restores what it can", (_, questline) => {
  const next = restored(JSON.stringify({ score: 3, questline }));
  expect(next.plugin.toJSON()).toMatchObject({ players: 0, refused: 0 });
});
