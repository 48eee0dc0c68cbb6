import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { MOST_KEPT } from "../src/seat.ts";
import { fakeQuestline } from "./fake-questline.ts";
import { fakeRoom } from "./fake-room.ts";
import { ownWord, scene } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const won = { type: "achievement", name: "FIRST_WIN" } as const;
const time = { type: "leaderboard", name: "BEST_TIME" } as const;

test("an unlock reaches its player and nobody else", async () => {
  const { join, settle } = scene();
  const player = await join("s1", { id: "1" });
  const other = await join("s2", { id: "2" });
  settle({ id: "o-7", userId: "1", target: won, unlocked: true, at: 1_700_000_000_123 });
  expect(player.sent).toEqual([
    { type: "questline:unlocked", payload: { id: "o-7", achievement: "FIRST_WIN", at: 1_700_000_000_123 } },
  ]);
  expect(other.sent).toEqual([]);
});

test("a recorded score travels as text, exact beyond 2^53", async () => {
  const { join, settle } = scene();
  const player = await join("s1", { id: "1" });
  settle({ id: "o-8", userId: "1", target: time, score: 9_007_199_254_740_993n, improved: true });
  settle({ id: "o-9", userId: "1", target: time, score: -4n });
  expect(player.sent).toEqual([
    {
      type: "questline:recorded",
      payload: { id: "o-8", leaderboard: "BEST_TIME", score: "9007199254740993", improved: true },
    },
    { type: "questline:recorded", payload: { id: "o-9", leaderboard: "BEST_TIME", score: "-4", improved: "unknown" } },
  ]);
});

test("what unlocked nothing, was suppressed or is dead is not told", async () => {
  const { join, settle } = scene();
  const player = await join("s1", { id: "1" });
  settle({ userId: "1", target: won });
  settle({ userId: "1", target: won, status: "suppressed" });
  settle({ userId: "1", target: time, status: "dead", score: 3n });
  settle({ userId: "9", target: won, unlocked: true });
  expect(player.sent).toEqual([]);
});

test("a player with seats in two rooms hears it in both", async () => {
  const fake = fakeQuestline();
  const rooms = [
    fakeRoom(questlinePlugin(fake.questline, { resolveUserId: ownWord })),
    fakeRoom(questlinePlugin(fake.questline, { resolveUserId: ownWord })),
  ];
  const clients = await Promise.all(rooms.map((room) => room.join("s1", { id: "1" })));
  fake.settle({ userId: "1", target: won, unlocked: true });
  expect(clients.map(({ sent }) => sent.length)).toEqual([1, 1]);
});

test("hundreds of rooms listen once", () => {
  const fake = fakeQuestline();
  for (let room = 0; room < 300; room++) fakeRoom(questlinePlugin(fake.questline));
  expect(fake.listeners()).toBe(2);
});

test("notices for a dropped player wait, the latest of them, and are sent when the player is back", async () => {
  const { join, drop, comeBack, settle } = scene();
  const dropped = await join("s1", { id: "1" });
  drop(dropped);
  for (let n = 1; n <= MOST_KEPT + 2; n++) settle({ id: `o-${n}`, userId: "1", target: won, unlocked: true });
  expect(dropped.sent).toEqual([]);
  const back = comeBack(dropped);
  const ids = back.sent.map(({ payload }) => (payload as { id: string }).id);
  expect(ids).toEqual(Array.from({ length: MOST_KEPT }, (_, n) => `o-${n + 3}`));
});

test("after the player left for good nothing is kept or sent", async () => {
  const { join, leave, settle } = scene();
  const client = await join("s1", { id: "1" });
  await leave(client);
  settle({ userId: "1", target: won, unlocked: true });
  const again = await join("s1b", { id: "1" });
  expect(client.sent).toEqual([]);
  expect(again.sent).toEqual([]);
});

test("a disposed room hears nothing more", async () => {
  const { join, room, plugin, settle, reported } = scene();
  const client = await join("s1", { id: "1" });
  await room.onDispose?.();
  // A result that comes late is still taken.
  plugin.report(client, "matchEnded", { won: true });
  expect(reported).toHaveLength(1);
  settle({ userId: "1", target: won, unlocked: true });
  expect(client.sent).toEqual([]);
});

test("notify: false sends no notices", async () => {
  const { join, settle } = scene({ notify: false });
  const client = await join("s1", { id: "1" });
  settle({ userId: "1", target: won, unlocked: true });
  expect(client.sent).toEqual([]);
});

test("a connection whose send throws stops neither the others nor the feed", async () => {
  const fake = fakeQuestline();
  const rooms = [
    fakeRoom(questlinePlugin(fake.questline, { resolveUserId: ownWord })),
    fakeRoom(questlinePlugin(fake.questline, { resolveUserId: ownWord })),
  ] as const;
  const broken = await rooms[0].join("s1", { id: "1" });
  broken.send = () => {
    throw new Error("socket is gone");
  };
  const fine = await rooms[1].join("s1", { id: "1" });
  fake.settle({ userId: "1", target: won, unlocked: true });
  expect(fine.sent).toHaveLength(1);
});
