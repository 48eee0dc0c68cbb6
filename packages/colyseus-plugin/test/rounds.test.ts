import { ClientState } from "@colyseus/core";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { MOST_LEFT, type RoundPlayer } from "../src/roster.ts";
import { fakeClient } from "./fake-room.ts";
import { scene, turn, won } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

test("endMatch reports everyone of the round once, players who left included", async () => {
  const { plugin, join, leave, drop, reported } = scene();
  const left = await join("s1", { id: "1" });
  await leave(left);
  const dropped = await join("s2", { id: "2" });
  drop(dropped);
  const present = await join("s3", { id: "3" });

  const players: RoundPlayer[] = [];
  const receipts = plugin.endMatch("matchEnded", ({ tally: _tally, streak: _streak, ...player }) => {
    players.push(player);
    return { won: player.connected };
  });

  expect(players).toEqual([
    { sessionId: "s1", userId: "1", connected: false, auth: { id: "1" } },
    { sessionId: "s2", userId: "2", connected: false, auth: { id: "2" } },
    { sessionId: "s3", userId: "3", connected: true, auth: { id: "3" }, client: present },
  ]);
  expect([...receipts.keys()]).toEqual(["1", "2", "3"]);
  expect(reported.map(({ userId, payload }) => [userId, payload])).toEqual([
    ["1", { won: false }],
    ["2", { won: false }],
    ["3", { won: true }],
  ]);
});

test("the next round has a new match id and those connected now", async () => {
  const { plugin, join, leave, drop, comeBack, reported } = scene();
  const stays = await join("s1", { id: "1" });
  await leave(await join("s2", { id: "2" }));
  const away = await join("s3", { id: "3" });
  drop(away);
  plugin.endMatch("matchEnded", won);
  await turn();

  plugin.endMatch("matchEnded", won);
  await turn();
  expect(reported.filter(({ match }) => match === "room-1:2").map(({ userId }) => userId)).toEqual(["1"]);

  comeBack(away);
  await leave(stays);
  plugin.endMatch("matchEnded", won);
  expect(reported.filter(({ match }) => match === "room-1:3").map(({ userId }) => userId)).toEqual(["1", "3"]);
});

test("a seat that expires in the next round does not bring its player into it", async () => {
  const { plugin, join, drop, leave, reported } = scene();
  const away = await join("s1", { id: "1" });
  drop(away);
  plugin.endMatch("matchEnded", won);
  await turn();
  await leave(away);
  plugin.endMatch("matchEnded", won);
  expect(reported.map(({ match }) => match)).toEqual(["room-1:1"]);
});

test("a user with two seats is asked for once, through the one that is connected", async () => {
  const { plugin, join, leave } = scene();
  await join("s1", { id: "7" });
  const second = await join("s2", { id: "7" });
  await leave(second);
  const seen: string[] = [];
  const receipts = plugin.endMatch("matchEnded", ({ sessionId }) => (seen.push(sessionId), { won: true }));
  expect(seen).toEqual(["s1"]);
  expect(receipts.size).toBe(1);
});

test("a user who left and came back with a new session is one player", async () => {
  const { plugin, join, leave } = scene();
  for (const session of ["s1", "s2", "s3"]) await leave(await join(session, { id: "7" }));
  expect([...plugin.endMatch("matchEnded", won).keys()]).toEqual(["7"]);
});

test("a user who left the round stays in it when an older seat of theirs expires", async () => {
  const { plugin, join, drop, leave } = scene();
  const older = await join("s1", { id: "7" });
  drop(older);
  plugin.endMatch("matchEnded", won);
  await turn();
  await leave(await join("s2", { id: "7" }));
  await leave(older);
  expect([...plugin.endMatch("matchEnded", won).keys()]).toEqual(["7"]);
});

test("a round that never ends does not grow without bound", async () => {
  const { plugin, join, leave } = scene();
  for (let n = 0; n <= MOST_LEFT; n++) await leave(await join(`s${n}`, { id: `${n}` }));
  const receipts = plugin.endMatch("matchEnded", won);
  expect(receipts.size).toBe(MOST_LEFT);
  expect(receipts.has("0")).toBe(false);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/forgotten/), { userId: "0", most: MOST_LEFT });
});

test("players without a payload are left out, and a throwing function costs only its player", async () => {
  const { plugin, join, reported } = scene();
  for (const id of ["1", "2", "3", "4"]) await join(`s${id}`, { id });
  const receipts = plugin.endMatch("matchEnded", ({ userId }) => {
    if (userId === "1") return undefined;
    if (userId === "2") throw new RangeError("no such score");
    if (userId === "3") return Promise.reject(new Error("late")) as never;
    return { won: true };
  });
  expect([...receipts.keys()]).toEqual(["2", "3", "4"]);
  expect(await receipts.get("2")?.durable).toEqual({ status: "refused", reason: "RangeError: no such score" });
  expect(await receipts.get("3")?.durable).toMatchObject({
    status: "refused",
    reason: expect.stringMatching(/promise/),
  });
  expect(await receipts.get("4")?.durable).toEqual({ status: "accepted" });
  expect(reported.map(({ userId }) => userId)).toEqual(["4"]);
});

test("unverified connections are left out, with a word in the log", async () => {
  const { plugin, join } = scene();
  await join("s1", undefined);
  await join("s2", { id: "2" });
  expect([...plugin.endMatch("matchEnded", won).keys()]).toEqual(["2"]);
  expect(warned).toHaveBeenCalledWith(expect.stringMatching(/not verified/), { event: "matchEnded", unverified: 1 });
});

test("ending twice in one turn is one end", async () => {
  const { plugin, join, reported } = scene();
  await join("s1", { id: "1" });
  const first = plugin.endMatch("matchEnded", won);
  await Promise.resolve();
  expect(plugin.endMatch("matchEnded", won)).toBe(first);
  expect(plugin.matchId).toBe("room-1:2");
  expect(reported).toHaveLength(1);
});

test("a report after the end shows that the next round is being played, even in the same turn", async () => {
  const { plugin, join, reported } = scene();
  await join("s1", { id: "1" });
  plugin.endMatch("matchEnded", won);
  plugin.report("s1", "kill", { weapon: "bow" });
  plugin.endMatch("matchEnded", won);
  expect(reported.map(({ match, event }) => `${match} ${event}`)).toEqual([
    "room-1:1 matchEnded",
    "room-1:2 kill",
    "room-1:2 matchEnded",
  ]);
});

test("ending with another event in one turn ends the same round: same match, same players, same tallies", async () => {
  const { plugin, join, leave, reported } = scene();
  await join("s1", { id: "1" });
  const left = await join("s2", { id: "2" });
  plugin.report("s1", "kill", { weapon: "bow" }, { id: "k-1" });
  await leave(left);
  reported.length = 0;
  const first = plugin.endMatch("matchEnded", won);
  await join("s3", { id: "3" });
  const kills: number[] = [];
  const second = plugin.endMatch("kill", ({ tally }) => (kills.push(tally.count("kill")), { weapon: "crown" }));
  expect(plugin.matchId).toBe("room-1:2");
  expect(plugin.endMatch("matchEnded", won)).toBe(first);
  expect(plugin.endMatch("kill", () => ({ weapon: "cup" }))).toBe(second);
  await turn();
  plugin.endMatch("kill", () => ({ weapon: "cup" }));

  expect(kills).toEqual([1, 0]);
  expect(reported.map(({ match, event, userId }) => `${match} ${event} ${userId}`)).toEqual([
    "room-1:1 matchEnded 1",
    "room-1:1 matchEnded 2",
    "room-1:1 kill 1",
    "room-1:1 kill 2",
    "room-1:2 kill 1",
    "room-1:2 kill 3",
  ]);
});

test("a round begun in the same turn is ended on its own", async () => {
  const { plugin, join, reported } = scene();
  await join("s1", { id: "1" });
  plugin.endMatch("matchEnded", won);
  plugin.beginMatch("final");
  plugin.endMatch("kill", () => ({ weapon: "crown" }));
  expect(reported.map(({ match }) => match)).toEqual(["room-1:1", "final"]);
});

test("what the functions report or end belongs to the round that ends", async () => {
  const { plugin, join, reported } = scene();
  await join("s1", { id: "1" });
  const ids: string[] = [];
  const kill = (id: string): void => void plugin.report("s1", "kill", { weapon: "bow" }, { id });
  plugin.endMatch("matchEnded", (player) => {
    ids.push(plugin.matchId);
    kill("k-1");
    plugin.endMatch("kill", () => (kill("k-2"), { weapon: `${player.tally.count("kill")}` }));
    return { won: true };
  });
  plugin.endMatch("kill", won as never);
  expect(ids).toEqual(["room-1:1"]);
  expect(reported.map(({ match, payload }) => [match, payload])).toEqual([
    ["room-1:1", { weapon: "bow" }],
    ["room-1:1", { weapon: "bow" }],
    ["room-1:1", { weapon: "2" }],
    ["room-1:1", { won: true }],
  ]);
  await turn();
  plugin.endMatch("matchEnded", ({ tally }) => ({ won: tally.count("kill") > 0 }));
  expect(reported.at(-1)).toMatchObject({ match: "room-1:2", payload: { won: false } });
});

test("a guest's ends in one turn are kept for the same match", async () => {
  const { plugin, join } = scene({ auth: "guests" });
  await join("s1", undefined);
  const matches: string[] = [];
  for (const event of ["matchEnded", "kill"] as const)
    plugin.endMatch(event, ({ guest }) => (matches.push(`${guest} ${plugin.matchId}`), { won: true }) as never);
  expect(matches).toEqual(["true room-1:1", "true room-1:1"]);
  expect(plugin.toJSON().guestReports).toEqual({ kept: 2, claimed: 0, dropped: 0 });
});

test("an event that may occur often still ends a round once", async () => {
  const { plugin, join, reported } = scene();
  await join("s1", { id: "1" });
  plugin.endMatch("kill", () => ({ weapon: "crown" }));
  expect(reported[0]?.occurrence).toEqual({ id: "match-end" });
});

test("hooks that run twice change nothing", async () => {
  const { plugin, join, room, reported } = scene();
  const client = await join("s1", { id: "1" });
  await room.onJoin?.(client, {});
  client.state = ClientState.LEAVING;
  room.clients.delete(client);
  await room.onLeave?.(client, 4000);
  plugin.endMatch("matchEnded", won);
  await turn();
  await room.onLeave?.(client, 4000);
  plugin.endMatch("matchEnded", won);
  expect(reported.map(({ match, userId }) => `${match} ${userId}`)).toEqual(["room-1:1 1"]);
});

test("hooks that never run: whoever is present is reported", async () => {
  const { plugin, room, reported } = scene();
  const client = fakeClient("s1", { id: "1" });
  room.clients.push(client);
  plugin.report("s1", "kill", { weapon: "bow" });
  plugin.endMatch("matchEnded", won);
  expect(reported.map(({ userId, event }) => `${userId} ${event}`)).toEqual(["1 kill", "1 matchEnded"]);
});

test("a join the room refuses leaves no trace in the round", async () => {
  const onJoin = async (): Promise<never> => Promise.reject(new Error("full"));
  const { plugin, room, reported } = scene({}, { onJoin });
  const client = fakeClient("s1", { id: "1" });
  room.clients.push(client);
  await expect(room.onJoin?.(client, {})).rejects.toThrow("full");
  room.clients.delete(client);
  await room.onLeave?.(client, 4002);
  plugin.endMatch("matchEnded", won);
  expect(reported).toEqual([]);
});

test("old-style reconnection: onLeave that ends for a player who is back is not a leave", async () => {
  const { plugin, join, drop, comeBack, room } = scene();
  const dropped = await join("s1", { id: "1" });
  drop(dropped);
  const back = comeBack(dropped);
  await room.onLeave?.(dropped, 1006);
  const [player] = [...plugin.endMatch("matchEnded", won).keys()];
  expect(player).toBe("1");
  expect(plugin.toJSON().players).toBe(1);
  expect(back.state).toBe(ClientState.JOINED);
});

test("the room's own hooks run as before, with their arguments and answers", async () => {
  const calls: unknown[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) => (calls.push([name, ...args.slice(1)]), undefined);
  const { join, leave, room } = scene(
    {},
    { onJoin: note("join"), onLeave: note("leave"), onCacheRoom: () => ({ score: 3 }) },
  );
  await leave(await join("s1", { id: "1" }));
  expect(calls).toEqual([
    ["join", {}, { id: "1" }],
    ["leave", 4000],
  ]);
  expect(room.onCacheRoom?.()).toMatchObject({ score: 3, questline: { matchId: "room-1:1" } });
});

test("a function that returns nothing for anybody, as without a `return`, is told once for a room class", async () => {
  const DuelRoom = { name: "DuelRoom" };
  const { plugin, join } = scene({}, { constructor: DuelRoom } as never);
  plugin.endMatch("matchEnded", () => undefined);
  expect(warned).not.toHaveBeenCalled();
  await join("s1", { id: "1" });
  await join("s2", { id: "2" });
  for (let round = 0; round < 3; round++) {
    plugin.endMatch("matchEnded", () => undefined);
    await turn();
  }
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/"matchEnded" returned nothing for anybody/), {
    room: "DuelRoom",
  });
});

test("a second event at the same end, reported inside the function, is of the same match, for those who left, too", async () => {
  const { plugin, join, leave, reported } = scene();
  await leave(await join("s1", { id: "1" }));
  await join("s2", { id: "2" });
  plugin.endMatch("matchEnded", ({ sessionId }) => {
    plugin.report(sessionId, "kill", { weapon: "bow" }, { id: "last" });
    return won();
  });
  expect(reported.map(({ match, userId, event }) => [match, userId, event])).toEqual([
    ["room-1:1", "1", "kill"],
    ["room-1:1", "1", "matchEnded"],
    ["room-1:1", "2", "kill"],
    ["room-1:1", "2", "matchEnded"],
  ]);
});
