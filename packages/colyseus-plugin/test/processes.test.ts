import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { Hub } from "../src/hub.ts";
import { DELAYED, RECORDED, UNLOCKED } from "../src/messages.ts";
import { DELAYED_AFTER_MS, LOOK_EVERY_MS } from "../src/wait-watch.ts";
import { fakeProcesses } from "./fake-processes.ts";
import { laneOf } from "./fake-questline.ts";
import { turn } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const unlock = { id: "FIRST_WIN:0", achievement: "FIRST_WIN", at: 1_700_000_000_123 };
const won = { type: "achievement", name: "FIRST_WIN" } as const;
const time = { type: "leaderboard", name: "BEST_TIME" } as const;

test("a notice reaches the player in the process where the player is", async () => {
  const [here, there] = (({ start }) => [start(), start()] as const)(fakeProcesses());
  await turn();
  const { client } = there.sit("1");
  const other = there.sit("2");
  here.settle({ id: unlock.id, userId: "1", target: won, unlocked: true, at: unlock.at });
  here.settle({ id: "BEST_TIME#1", userId: "1", target: time, score: 9_007_199_254_740_993n, improved: true });
  expect(client.sent).toEqual([
    { type: UNLOCKED, payload: unlock },
    {
      type: RECORDED,
      payload: { id: "BEST_TIME#1", leaderboard: "BEST_TIME", score: "9007199254740993", improved: true },
    },
  ]);
  expect(other.client.sent).toEqual([]);
});

test("a score that no process could hand over waits where it settled, and comes once", async () => {
  const [here, there] = (({ start }) => [start(), start()] as const)(fakeProcesses());
  await turn();
  here.settle({ id: "BEST_TIME#1", userId: "1", target: time, score: 7n });
  const seat = there.sit("1");
  await turn();
  expect(seat.client.sent.map(({ type }) => type)).toEqual([RECORDED]);
  seat.leave();
  expect(here.sit("1").client.sent).toEqual([]);
});

test("a seat that runs out here while the player is in another process: what it kept is heard there, once", async () => {
  const [here, there] = (({ start }) => [start(), start()] as const)(fakeProcesses());
  await turn();
  const dropped = here.sit("1");
  dropped.drop();
  here.settle({ id: "BEST_TIME#1", userId: "1", target: time, score: 7n });
  dropped.leave();
  const { client } = there.sit("1");
  await turn();
  expect(client.sent.map(({ type }) => type)).toEqual([RECORDED]);
  expect(here.sit("1").client.sent).toEqual([]);
});

test("an unlock in another process's store comes on the join and the return, until it is acknowledged here", async () => {
  const [here, there] = (({ start }) => [start(), start()] as const)(fakeProcesses());
  here.announced.set("1", [unlock]);
  await turn();
  const seat = there.sit("1");
  await turn();
  expect(seat.client.sent).toEqual([{ type: UNLOCKED, payload: unlock }]);
  seat.drop();
  const back = seat.comeBack();
  await turn();
  expect(back.sent).toEqual([{ type: UNLOCKED, payload: unlock }]);
  await there.hub.mail.acknowledge("1", [unlock.id]);
  expect(here.announced.get("1")).toEqual([]);
});

test("a pull asks the other processes, too", async () => {
  const [here, there] = (({ start }) => [start(), start()] as const)(fakeProcesses());
  here.announced.set("1", [unlock]);
  here.lanes.set("1", [laneOf("WINS_100", { reason: "rate-limited" })]);
  await turn();
  const { seat, client } = there.sit("1");
  await turn();
  await there.hub.mail.pull("1", seat);
  await turn();
  expect(client.sent.slice(1)).toEqual(
    expect.arrayContaining([
      { type: UNLOCKED, payload: unlock },
      { type: DELAYED, payload: { reason: "platform", waiting: ["WINS_100"] } },
    ]),
  );
});

test("processes that host rooms over outboxes of their own warn each other once; one that hosts none does not", async () => {
  const { start } = fakeProcesses();
  const [first, second, matchmaking] = [start(), start(), start()];
  await turn();
  first.hub.mail.hosts();
  first.hub.mail.hosts();
  matchmaking.sit("1");
  expect(warned).not.toHaveBeenCalled();
  second.hub.mail.hosts();
  const third = start();
  third.hub.mail.hosts();
  const twoOutboxes = [expect.stringContaining("outbox of its own"), { app: "1" }];
  expect(warned.mock.calls).toEqual([twoOutboxes, twoOutboxes, twoOutboxes]);
});

test("only user ids and notices travel, on a channel of Questline's", async () => {
  const processes = fakeProcesses();
  const [here, there] = [processes.start(), processes.start()];
  await turn();
  const { seat, client } = there.sit("1");
  here.want({ userId: "1", reason: "refused" });
  await there.hub.tokens.answer("1", "FRL-secret-token");
  await there.hub.mail.pull("1", seat);
  here.settle({ id: "BEST_TIME#1", userId: "1", target: time, score: 7n });
  expect(client.sent.map(({ type }) => type)).toEqual([DELAYED, RECORDED]);
  expect(processes.traffic.length).toBeGreaterThan(2);
  expect(processes.traffic.filter((line) => !line.startsWith('questline:1 {"kind":'))).toEqual([]);
  expect(processes.traffic.join("\n")).not.toContain("FRL-");
});

test("what is no message of Questline's is left alone, and what another process adds to a notice does not pass", async () => {
  const { start } = fakeProcesses();
  const here = start();
  const { client } = here.sit("1");
  const { questline } = here;
  let hear = (message: unknown): void => void message;
  const presence = {
    subscribe: async (_topic: string, listener: (message: unknown) => void) => void (hear = listener),
    publish: () => {},
  };
  const source = { ready: Promise.resolve(), current: () => presence };
  const hub = new Hub(questline, { source, clock: here.clock, outbox: "own" });
  await turn();
  const seat = {
    wishes: { notices: true },
    notify: vi.fn<() => boolean>(() => true),
    send: () => true,
    sessionId: "s",
  };
  hub.enter("1", seat as never);
  for (const message of [undefined, "hello", { kind: "notice" }, { kind: "token", from: "x", userId: "1", token: "t" }])
    hear(message);
  expect(seat.notify).not.toHaveBeenCalled();
  const notice = { type: UNLOCKED, payload: { ...unlock, token: "t" } };
  hear({ kind: "notice", from: "x", userId: "1", notice });
  hear({ kind: "notice", from: "own", userId: "1", notice });
  expect(seat.notify.mock.calls).toEqual([[{ type: UNLOCKED, payload: unlock }]]);
  expect(client.sent).toEqual([]);
});

test("a presence that fails is said once, and stops nothing", async () => {
  const { start } = fakeProcesses();
  const { questline, clock, settle } = start();
  const publish = vi.fn<() => Promise<never>>(() => Promise.reject(new Error("Connection is closed.")));
  const presence = { subscribe: async () => {}, publish };
  const source = { ready: Promise.resolve(), current: () => presence };
  void new Hub(questline, { source, clock });
  await turn();
  for (let n = 0; n < 3; n++) settle({ id: `o-${n}`, userId: "1", target: won, unlocked: true });
  await turn();
  expect(publish).toHaveBeenCalledTimes(3);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.any(String), { error: "Error: Connection is closed." });
});

const later = async (process: { clock: { advance(ms: number): void } }, ms: number): Promise<void> => {
  for (let passed = 0; passed < ms; passed += LOOK_EVERY_MS) {
    process.clock.advance(LOOK_EVERY_MS);
    await turn();
  }
};

test("results that wait for longer than ten seconds are told, once a wait, and again in the next one", async () => {
  const here = fakeProcesses().start();
  const { client } = here.sit("1");
  await turn();
  here.lanes.set("1", [laneOf("WINS_100", { seq: 5, settledThrough: 2 })]);
  here.hub.mail.waits.watch("1");
  await later(here, DELAYED_AFTER_MS);
  expect(client.sent).toEqual([]);
  // More of it came in meanwhile: what was there before still waits.
  here.lanes.set("1", [laneOf("WINS_100", { seq: 6, settledThrough: 2, reason: "platform-unavailable" })]);
  await later(here, LOOK_EVERY_MS);
  const delayed = { type: DELAYED, payload: { reason: "platform", waiting: ["WINS_100"] } };
  expect(client.sent).toEqual([delayed]);
  await later(here, 60_000);
  expect(client.sent).toEqual([delayed]);
  // It went out, and what waits now is new.
  here.lanes.set("1", [laneOf("WINS_100", { seq: 8, settledThrough: 6 })]);
  await later(here, DELAYED_AFTER_MS);
  expect(client.sent).toEqual([delayed]);
  await later(here, LOOK_EVERY_MS);
  expect(client.sent).toEqual([delayed, { type: DELAYED, payload: { reason: "queue", waiting: ["WINS_100"] } }]);
});

test("results that keep moving are not delayed, and with nothing under way nobody looks", async () => {
  const here = fakeProcesses().start();
  const { client } = here.sit("1");
  await turn();
  here.hub.mail.waits.watch("1");
  for (let seq = 1; seq <= 20; seq++) {
    here.lanes.set("1", [laneOf("WINS_100", { seq, settledThrough: seq - 1 })]);
    await later(here, LOOK_EVERY_MS);
  }
  here.lanes.set("1", [laneOf("WINS_100", { state: "idle", seq: 20, settledThrough: 20 })]);
  await later(here, LOOK_EVERY_MS);
  expect(client.sent).toEqual([]);
  expect(here.clock.waiting).toBe(0);
});

test("a store that is closed while rooms live on is said once, not at every look", async () => {
  const here = fakeProcesses().start();
  here.hub.mail.waits.watch("1");
  Object.assign(here.questline, { inspect: () => Promise.reject(new Error("The lane store is closed.")) });
  await later(here, 60_000);
  expect(warned).toHaveBeenCalledTimes(1);
});

test("a player who joins during a wait is told of it, also from another process", async () => {
  const [here, there] = (({ start }) => [start(), start()] as const)(fakeProcesses());
  await turn();
  here.lanes.set("1", [laneOf("WINS_100", { reason: "no-answer" })]);
  here.hub.mail.waits.watch("1");
  await later(here, 60_000);
  const { client } = there.sit("1");
  await later(here, LOOK_EVERY_MS);
  expect(client.sent).toEqual([{ type: DELAYED, payload: { reason: "platform", waiting: ["WINS_100"] } }]);
});
