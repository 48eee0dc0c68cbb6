import { ClientState } from "@colyseus/core";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin, type QuestlinePlugin, type QuestlinePluginOptions } from "../src/questline-plugin.ts";
import type { RoundPlayer } from "../src/roster.ts";
import { fakeQuestline, type FakeEvents, type FakeQuestline } from "./fake-questline.ts";
import { fakeClient, fakeRoom, type FakeRoom } from "./fake-room.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const won = (): { won: boolean } => ({ won: true });

interface Scene extends FakeQuestline, FakeRoom {
  readonly plugin: QuestlinePlugin<FakeEvents>;
}

function scene(options: QuestlinePluginOptions = {}, hooks: Parameters<typeof fakeRoom>[1] = {}): Scene {
  const fake = fakeQuestline();
  const plugin = questlinePlugin(fake.questline, options);
  return { ...fake, plugin, ...fakeRoom(plugin, hooks) };
}

test("report finds the player by connection and by session id, within the room's match", async () => {
  const { plugin, join, reported } = scene();
  const client = await join("s1", { id: "7" });
  plugin.report(client, "kill", { weapon: "bow" }, { id: "k-1" });
  plugin.report("s1", "matchEnded", { won: true });
  expect(reported).toEqual([
    { match: "room-1:1", userId: "7", event: "kill", payload: { weapon: "bow" }, occurrence: { id: "k-1" } },
    { match: "room-1:1", userId: "7", event: "matchEnded", payload: { won: true }, occurrence: undefined },
  ]);
});

test.each([
  ["a session nobody has", "nobody", /no verified player has this session id/],
  ["a connection without auth", fakeClient("s9", undefined), /no verified player/],
  ["a connection restored by devMode, whose auth is empty", fakeClient("s9", {}), /no verified player/],
])("%s gets a refused receipt, a log line and a count", async (_, player, reason) => {
  const { plugin, reported } = scene();
  const receipt = plugin.report(player, "matchEnded", { won: true });
  expect(await receipt.durable).toEqual({ status: "refused", reason: expect.stringMatching(reason) });
  expect(await receipt.settled).toEqual([]);
  expect(reported).toEqual([]);
  expect(plugin.toJSON().refused).toBe(1);
  expect(warned).toHaveBeenCalledTimes(1);
});

test("a plugin that no room holds refuses, and says what to do", async () => {
  const { questline } = fakeQuestline();
  const plugin = questlinePlugin(questline);
  expect(await plugin.report("s1", "matchEnded", { won: true }).durable).toMatchObject({
    reason: expect.stringMatching(/definePlugins/),
  });
  expect(plugin.endMatch("matchEnded", won).size).toBe(0);
});

test("a core that throws never reaches the room", async () => {
  const { plugin, join, questline } = scene();
  await join("s1", { id: "7" });
  questline.match = () => {
    throw new Error("broken");
  };
  expect(await plugin.report("s1", "matchEnded", { won: true }).durable).toEqual({
    status: "refused",
    reason: "Error: broken",
  });
  expect(plugin.endMatch("matchEnded", won).size).toBe(0);
});

test("endMatch reports everyone of the round once, players who left included", async () => {
  const { plugin, join, leave, drop, reported } = scene();
  const left = await join("s1", { id: "1" });
  await leave(left);
  const dropped = await join("s2", { id: "2" });
  drop(dropped);
  const present = await join("s3", { id: "3" });

  const players: RoundPlayer[] = [];
  const receipts = plugin.endMatch("matchEnded", (player) => (players.push(player), { won: player.connected }));

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
  expect(room.onCacheRoom?.()).toEqual({ score: 3, questline: { matchId: "room-1:1" } });
});

test("a match goes on over a devMode restart", () => {
  const { plugin, room } = scene();
  room.onRestoreRoom?.({ score: 3, questline: { matchId: "room-1:before" } });
  expect(plugin.matchId).toBe("room-1:before");
});

test("matchId as text names the first round, later rounds get ids of their own", async () => {
  const { plugin, join } = scene({ matchId: "m-81" });
  await join("s1", { id: "1" });
  expect(plugin.matchId).toBe("m-81");
  plugin.endMatch("matchEnded", won);
  expect(plugin.matchId).toBe("room-1:1");
});

test("matchId as a function names every round; a bad answer is replaced, a repeated one is told", async () => {
  const answers: unknown[] = ["m-1", "m-2", "m-2", "", 7];
  const { plugin } = scene({ matchId: () => answers.shift() as string });
  expect([plugin.matchId, plugin.beginMatch(), plugin.beginMatch()]).toEqual(["m-1", "m-2", "m-2"]);
  expect(warned).toHaveBeenCalledTimes(1);
  expect([plugin.beginMatch(), plugin.beginMatch()]).toEqual(["room-1:1", "room-1:2"]);
  expect(plugin.beginMatch("m-9")).toBe("m-9");
});

test("a user id the game finds only after its own onJoin is found then", async () => {
  const { plugin, join, reported } = scene({
    resolveUserId: (client) => (client.userData as { meta?: string } | undefined)?.meta,
  });
  const client = await join("s1", { id: "db-1" });
  client.userData = { meta: "7" };
  plugin.report(client, "matchEnded", { won: true });
  expect(reported[0]?.userId).toBe("7");
});

test("a resolver that throws or returns no text is an unverified player", async () => {
  const { plugin, join } = scene({
    resolveUserId: ({ sessionId }) => {
      if (sessionId === "s1") throw new Error("no");
      return 7 as never;
    },
  });
  await join("s1", { id: "1" });
  await join("s2", { id: "2" });
  expect(plugin.endMatch("matchEnded", won).size).toBe(0);
});

test("one plugin in two rooms is refused with the way out", () => {
  const { plugin } = scene();
  expect(() => fakeRoom(plugin)).toThrow(/field initialiser/);
});

test("neither the Questline nor a token shows in what a monitor or a log prints", async () => {
  const { plugin, join, room } = scene();
  await join("s1", { id: "1" });
  expect(JSON.parse(JSON.stringify(plugin))).toEqual({ matchId: "room-1:1", players: 1, refused: 0 });
  expect(Object.keys(plugin).sort()).toEqual(["messages", "pluginName"]);
  expect(plugin["room"]).toBe(room);
});

test("something that is no Questline is refused where it is given", () => {
  const nothing = undefined as unknown as FakeQuestline["questline"];
  expect(() => questlinePlugin(nothing)).toThrow(/createQuestline returned, not undefined/);
  expect(() => questlineAuth(nothing)).toThrow(/createQuestline returned, not undefined/);
});
