import { expect, test } from "vitest";
import { duel, watchState } from "./duel-scene.ts";
import type { FakeClient } from "./fake-room.ts";
import { scene, turn, won } from "./scene.ts";

test("of two seats of one player the newest with a connection counts", async () => {
  const game = await duel(watchState);
  await game.join("s3", { id: "1" });
  const seen: string[] = [];
  game.plugin.endMatch("matchEnded", ({ sessionId, userId }) => (seen.push(`${userId} ${sessionId}`), { won: true }));
  expect(seen).toEqual(["1 s3", "2 s2"]);
  await turn();
  await game.leave(game.room.clients.get("s3") as never);
  game.plugin.endMatch("matchEnded", ({ sessionId, userId }) => (seen.push(`${userId} ${sessionId}`), { won: true }));
  expect(seen.slice(2)).toEqual(["1 s1", "2 s2"]);
});

test("what the game knew of a player as they left is there at the end, and gone where they are back", async () => {
  const teams = new Map([
    ["s1", "red"],
    ["s2", "blue"],
  ]);
  const game = scene(
    {
      leaving: ({ sessionId, client: gone }) => gone && teams.get(sessionId),
      watch: {
        event: "matchEnded",
        broadcast: {
          over: (team: string, { atLeave, sessionId }) => ({
            won: (atLeave ?? teams.get(sessionId)) === team,
          }),
        },
      },
    },
    {
      constructor: { name: "TeamRoom" },
      broadcast: () => {},
      onDrop: ({ sessionId }: FakeClient) => void teams.delete(sessionId),
      onLeave: ({ sessionId }: FakeClient) => void teams.delete(sessionId),
    } as never,
  );
  const red = await game.join("s1", { id: "1" });
  const blue = await game.join("s2", { id: "2" });
  game.drop(red);
  await game.room.onDrop?.(red, 1006);
  await game.room.onLeave?.(red, 1006);
  game.drop(blue);
  await game.room.onDrop?.(blue, 1006);
  teams.set("s2", "green");
  game.comeBack(blue);
  game.room.broadcast("over", "red");
  expect(game.reported.map(({ userId, payload }) => [userId, payload])).toEqual([
    ["1", { won: true }],
    ["2", { won: false }],
  ]);
});

test("a room without an end: each player's own, once they left for good", async () => {
  const scores = new Map<string, number>();
  const game = scene(
    {
      watch: {
        event: "kill",
        leave: (_: unknown, { sessionId, tally }) =>
          scores.has(sessionId) ? { weapon: `${scores.get(sessionId)} ${tally.count("kill")}` } : undefined,
      },
    },
    {
      constructor: { name: "EndlessRoom" },
      onLeave: ({ sessionId }: FakeClient) => void scores.delete(sessionId),
    } as never,
  );
  const ends = (): string[] =>
    game.reported
      .filter(({ occurrence }) => (occurrence as { id: string }).id === "match-end")
      .map(({ match, userId, payload }) => `${match} ${userId} ${(payload as { weapon: string }).weapon}`);
  const first = await game.join("s1", { id: "1" });
  scores.set("s1", 7);
  game.plugin.report(first, "kill", { weapon: "bow" }, { id: "1" });
  game.drop(first);
  const back = game.comeBack(first);
  expect(ends()).toEqual([]);
  // Wi-Fi lost, joined anew: the player is still here.
  const second = await game.join("s2", { id: "1" });
  scores.set("s2", 9);
  await game.leave(back);
  expect(ends()).toEqual([]);
  await game.leave(second);
  expect(ends()).toEqual(["room-1:1:s2 1 9 1"]);
  const third = await game.join("s3", { id: "1" });
  scores.set("s3", 2);
  await game.leave(third);
  expect(ends().slice(1)).toEqual(["room-1:1:s3 1 2 0"]);
  game.plugin.endMatch("matchEnded", won);
  expect(game.reported.filter(({ event }) => event === "matchEnded")).toEqual([]);
});

test("a room without an end that the server clears: each player's own end does not wait for the room's hooks", async () => {
  const game = scene({ watch: { event: "matchEnded", leave: () => ({ won: true }) } }, {
    constructor: { name: "SlowRoom" },
    onLeave: () => new Promise(() => {}),
    onDrop: () => {},
    disconnect: async () => {
      const [one, two] = game.room.clients as unknown as [FakeClient, FakeClient];
      void game.leave(two);
      game.drop(one);
      await game.room.onDrop?.(one, 4001);
      void game.room.onLeave?.(one, 4001);
    },
  } as never);
  for (const id of ["1", "2"]) await game.join(`s${id}`, { id });
  await game.room.disconnect();
  expect(game.reported.map(({ match, userId }) => `${match} ${userId}`)).toEqual(["room-1:1:s2 2", "room-1:1:s1 1"]);
});

test("a room without an end that the server clears: whoever is thrown out last ranks as before", async () => {
  const ranking = ["1", "2"];
  const leave = (_: unknown, { userId }: { userId: string }): { won: boolean } => ({ won: ranking[0] === userId });
  const game = scene({ watch: { event: "matchEnded", leave } }, {
    constructor: { name: "RankedRoom" },
    onLeave: () => void ranking.shift(),
    disconnect: async () => {
      for (const client of [...game.room.clients] as unknown as FakeClient[]) await game.leave(client);
    },
  } as never);
  for (const id of ["1", "2"]) await game.join(`s${id}`, { id });
  await game.room.disconnect();
  expect(game.reported.map(({ userId, payload }) => [userId, payload])).toEqual([
    ["1", { won: true }],
    ["2", { won: false }],
  ]);
});
