import { ClientState } from "@colyseus/core";
import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { ACK, DELAYED, PROGRESS, PULL, RECORDED, TOKEN, UNLOCKED } from "../src/messages.ts";
import { MOST_ACKS, MOST_PULLS } from "../src/room-messages.ts";
import { SHELVED_FOR_MS } from "../src/shelf.ts";
import { fakeProcesses } from "./fake-processes.ts";
import { laneOf } from "./fake-questline.ts";
import { scene, turn } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const at = 1_700_000_000_123;
const unlock = { id: "FIRST_WIN:0", achievement: "FIRST_WIN", at };
const won = { type: "achievement", name: "FIRST_WIN" } as const;
const time = { type: "leaderboard", name: "BEST_TIME" } as const;
const recorded = { id: "BEST_TIME#3", leaderboard: "BEST_TIME", score: "7", improved: true };

test("an unlock comes on every join until it is acknowledged, with the same id", async () => {
  const { join, leave, announced, asked, room, plugin } = scene();
  announced.set("1", [unlock]);
  const first = await join("s1", { id: "1" });
  await turn();
  expect(first.sent).toEqual([{ type: UNLOCKED, payload: unlock }]);
  await leave(first);
  const again = await join("s2", { id: "1" });
  await turn();
  expect(again.sent).toEqual([{ type: UNLOCKED, payload: unlock }]);
  plugin.messages[ACK].call(room, again, { ids: [unlock.id] });
  await leave(again);
  const third = await join("s3", { id: "1" });
  await turn();
  expect(asked).toEqual(["acknowledge 1 FIRST_WIN:0"]);
  expect(third.sent).toEqual([]);
});

test("one connection is told of an unlock once; the next connection of the seat again", async () => {
  const { join, drop, comeBack, announced, settle } = scene();
  const client = await join("s1", { id: "1" });
  announced.set("1", [unlock]);
  settle({ id: unlock.id, userId: "1", target: won, unlocked: true, at });
  drop(client);
  const back = comeBack(client);
  await turn();
  expect(client.sent).toEqual([{ type: UNLOCKED, payload: unlock }]);
  expect(back.sent).toEqual([{ type: UNLOCKED, payload: unlock }]);
});

test("what came while the player was away is sent once on the return", async () => {
  const { join, drop, comeBack, announced, settle } = scene();
  const client = await join("s1", { id: "1" });
  drop(client);
  announced.set("1", [unlock]);
  settle({ id: unlock.id, userId: "1", target: won, unlocked: true, at });
  const back = comeBack(client);
  await turn();
  expect(back.sent).toEqual([{ type: UNLOCKED, payload: unlock }]);
});

const score = { id: recorded.id, userId: "1", target: time, score: 7n, improved: true } as const;

test("a seat that runs out while the player is away: what it kept waits for the next seat", async () => {
  const { join, drop, leave, settle } = scene();
  const client = await join("s1", { id: "1" });
  drop(client);
  settle(score);
  await leave(client);
  const next = await join("s2", { id: "1" });
  expect(next.sent).toEqual([{ type: RECORDED, payload: recorded }]);
  await leave(next);
  expect((await join("s3", { id: "1" })).sent).toEqual([]);
});

test("a player who joins anew instead of coming back: what the held seat kept is heard at once, and once", async () => {
  const { join, drop, leave, settle } = scene();
  const client = await join("s1", { id: "1" });
  drop(client);
  settle(score);
  const next = await join("s2", { id: "1" });
  expect(next.sent).toEqual([{ type: RECORDED, payload: recorded }]);
  await leave(client);
  await leave(next);
  expect((await join("s3", { id: "1" })).sent).toEqual([]);
});

test("a player who is put out at the match's end: what settles before the connection is closed waits for the next seat", async () => {
  const { join, leave, settle } = scene();
  const client = await join("s1", { id: "1" });
  client.state = ClientState.LEAVING;
  settle(score);
  expect(client.sent).toEqual([]);
  await leave(client);
  expect((await join("s2", { id: "1" })).sent).toEqual([{ type: RECORDED, payload: recorded }]);
});

test("a player who leaves while the rank is read hears of the score in the next room", async () => {
  const { join, leave, settle, ranks } = scene({ ranks: true });
  ranks.set("1", 4);
  const client = await join("s1", { id: "1" });
  settle(score);
  await leave(client);
  await turn();
  const next = await join("s2", { id: "1" });
  await turn();
  expect([client.sent, next.sent]).toEqual([[], [{ type: RECORDED, payload: { ...recorded, rank: 4 } }]]);
});

test("a pull brings what is not acknowledged, again, and what waits", async () => {
  const { join, announced, lanes, room, plugin } = scene();
  announced.set("1", [unlock]);
  const client = await join("s1", { id: "1" });
  await turn();
  plugin.messages[PULL].call(room, client);
  await turn();
  expect(client.sent.slice(1)).toEqual([
    { type: UNLOCKED, payload: unlock },
    { type: DELAYED, payload: { waiting: [] } },
  ]);
  lanes.set("1", [laneOf("WINS_100", { reason: "no-answer", attempts: 2 }), laneOf("EVERY_MAP")]);
  plugin.messages[PULL].call(room, client, undefined);
  await turn();
  expect(client.sent.at(-1)).toEqual({
    type: DELAYED,
    payload: { reason: "platform", waiting: ["EVERY_MAP", "WINS_100"] },
  });
});

test.each([
  ["that waits for a token", [laneOf("B", { state: "parked" }), laneOf("A")], "token"],
  ["in doubt", [laneOf("B", { state: "in-doubt" }), laneOf("A")], "platform"],
  ["in its window", [laneOf("B"), laneOf("A")], "queue"],
] as const)("a result %s is told by its reason", async (_what, waiting, reason) => {
  const { join, lanes, room, plugin } = scene();
  lanes.set("1", [...waiting]);
  const client = await join("s1", { id: "1" });
  plugin.messages[PULL].call(room, client);
  await turn();
  expect(client.sent.filter(({ type }) => type !== TOKEN)).toEqual([
    { type: DELAYED, payload: { reason, waiting: ["A", "B"] } },
  ]);
});

test("pulls are limited for each connection, and the log says so once", async () => {
  const { join, room, plugin } = scene();
  const client = await join("s1", { id: "1" });
  for (let n = 0; n < MOST_PULLS + 5; n++) {
    plugin.messages[PULL].call(room, client);
    await turn();
  }
  expect(client.sent).toHaveLength(MOST_PULLS);
  expect(warned).toHaveBeenCalledTimes(1);
});

test("acknowledgements are limited for each connection", async () => {
  const { join, room, plugin, asked } = scene();
  const client = await join("s1", { id: "1" });
  for (let n = 0; n < MOST_ACKS + 5; n++) plugin.messages[ACK].call(room, client, { ids: [`n-${n}`] });
  await turn();
  expect(asked).toHaveLength(MOST_ACKS);
  expect(warned).toHaveBeenCalledTimes(1);
});

test.each([
  [PULL, { all: true }],
  [PULL, "now"],
  [ACK, undefined],
  [ACK, { ids: "FIRST_WIN:0" }],
  [ACK, { ids: [""] }],
  [ACK, { ids: Array.from({ length: 101 }, String) }],
  [ACK, { ids: ["x"], userId: "2" }],
])("%s with %j is ignored with one line in the log", async (type, payload) => {
  const { join, room, plugin, asked, announced } = scene();
  announced.set("2", [unlock]);
  const client = await join("s1", { id: "1" });
  Reflect.apply(plugin.messages[type as typeof ACK], room, [client, payload]);
  Reflect.apply(plugin.messages[type as typeof ACK], room, [client, payload]);
  await turn();
  expect({ asked, sent: client.sent }).toEqual({ asked: [], sent: [] });
  expect(warned).toHaveBeenCalledTimes(1);
});

test("somebody who is not verified pulls and acknowledges nothing", async () => {
  const { join, room, plugin, asked, announced } = scene();
  announced.set("1", [unlock]);
  const client = await join("s1", undefined);
  plugin.messages[PULL].call(room, client);
  plugin.messages[ACK].call(room, client, { ids: [unlock.id] });
  await turn();
  expect({ asked, sent: client.sent }).toEqual({ asked: [], sent: [] });
});

test("progress is told where the room asks for it", async () => {
  const [asking, other] = await Promise.all(
    [scene({ progress: true }), scene()].map(async ({ join, settle }) => {
      const client = await join("s1", { id: "1" });
      const wins = { type: "achievement", name: "WINS_100" } as const;
      settle({ id: "WINS_100#4", userId: "1", target: wins, progress: { count: 12n } });
      settle({ id: "EVERY_MAP#1", userId: "1", target: { ...wins, name: "EVERY_MAP" }, progress: { bits: "0100000" } });
      return client.sent;
    }),
  );
  expect(other).toEqual([]);
  expect(asking).toEqual([
    { type: PROGRESS, payload: { id: "WINS_100#4", achievement: "WINS_100", count: "12", target: "100" } },
    { type: PROGRESS, payload: { id: "EVERY_MAP#1", achievement: "EVERY_MAP", bits: "0100000", target: "5" } },
  ]);
});

test("a rank is read for rooms that ask for it; where it cannot be, the score is told without", async () => {
  const { join, settle, ranks } = scene({ ranks: true });
  const client = await join("s1", { id: "1" });
  ranks.set("1", 4);
  const outcome = { id: recorded.id, userId: "1", target: time, score: 7n, improved: true } as const;
  settle(outcome);
  await turn();
  ranks.delete("1");
  settle({ ...outcome, id: "BEST_TIME#4" });
  await turn();
  expect(client.sent).toEqual([
    { type: RECORDED, payload: { ...recorded, rank: 4 } },
    { type: RECORDED, payload: { ...recorded, id: "BEST_TIME#4" } },
  ]);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("rank"), {
    userId: "1",
    leaderboard: "BEST_TIME",
    error: "Error: said by the platform",
  });
});

test("a score recorded while the player is between two rooms is told in the next, unless the match is long over", async () => {
  const processes = fakeProcesses();
  const one = processes.start();
  one.sit("1").leave();
  one.settle({ id: recorded.id, userId: "1", target: time, score: 7n, improved: true });
  const next = one.sit("1");
  expect(next.client.sent).toEqual([{ type: RECORDED, payload: recorded }]);
  next.leave();
  one.settle({ id: "BEST_TIME#9", userId: "1", target: time, score: 7n });
  one.clock.advance(SHELVED_FOR_MS + 1);
  expect(one.sit("1").client.sent).toEqual([]);
});

test("a store that cannot be read or written breaks neither join nor pull nor acknowledgement", async () => {
  const { join, room, plugin, questline } = scene();
  const closed = (): Promise<never> => Promise.reject(new Error("closed"));
  Object.assign(questline, { announcements: closed, acknowledge: closed, inspect: closed });
  const client = await join("s1", { id: "1" });
  plugin.messages[PULL].call(room, client);
  plugin.messages[ACK].call(room, client, { ids: ["x"] });
  await turn();
  expect(client.sent).toEqual([]);
  expect(warned.mock.calls.map(([, fields]) => (fields as { error: string }).error)).toEqual(
    Array.from({ length: 5 }, () => "Error: closed"),
  );
});

test("a player who is forgotten hears of nothing that was kept for them: neither on the shelf nor by a held seat", async () => {
  const { join, drop, leave, comeBack, settle, forget } = scene();
  const client = await join("s1", { id: "1" });
  const held = await join("s2", { id: "2" });
  const other = await join("s3", { id: "3" });
  for (const away of [client, held, other]) drop(away);
  for (const userId of ["1", "2", "3"]) settle({ ...score, userId });
  await leave(client);
  await leave(other);
  for (const userId of ["1", "2"]) await forget(userId);
  const next = await join("s4", { id: "1" });
  const back = comeBack(held);
  const anew = await join("s5", { id: "2" });
  await turn();
  expect([next.sent, back.sent, anew.sent]).toEqual([[], [], []]);
  expect((await join("s6", { id: "3" })).sent).toEqual([{ type: RECORDED, payload: recorded }]);
});

test("a score whose rank is being read as its player is forgotten is told nobody", async () => {
  const { join, settle, ranks, forget } = scene({ ranks: true });
  for (const userId of ["1", "2"]) ranks.set(userId, 4);
  const client = await join("s1", { id: "1" });
  const second = await join("s2", { id: "2" });
  const again = await join("s3", { id: "2" });
  for (const userId of ["1", "2"]) settle({ ...score, userId });
  await forget("1");
  await turn();
  const told = [{ type: RECORDED, payload: { ...recorded, rank: 4 } }];
  expect([client.sent, second.sent, again.sent]).toEqual([[], told, told]);
});
