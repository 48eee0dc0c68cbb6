import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { memoryStreaks, type StreakStore } from "../src/streak-store.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { scene, turn, type Scene } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

const streaking = (store: StreakStore): Scene =>
  scene({ streaks: { store, event: "matchEnded", of: { wins: ({ won }) => won } } });

/** Ends a match, and returns the streaks its players came with. */
async function end({ plugin }: Scene, won: boolean): Promise<number[]> {
  const before: number[] = [];
  plugin.endMatch("matchEnded", ({ streak }) => (before.push(streak("wins")), { won }));
  await turn();
  return before;
}

test("a streak grows from match to match, ends with a miss, and goes on in another room", async () => {
  const store = memoryStreaks();
  const room = streaking(store);
  await room.join("s1", { id: "1" });
  await turn();
  const seen: number[][] = [];
  for (const won of [true, true, false, true]) seen.push(await end(room, won));
  expect(seen).toEqual([[0], [1], [2], [0]]);

  const other = streaking(store);
  await other.join("s9", { id: "1" });
  await turn();
  // Match ids of the fake begin anew in every scene; these two rooms play different matches.
  other.plugin.beginMatch("other-room:1");
  expect(await end(other, true)).toEqual([1]);
  expect(await store.read("1")).toEqual({ wins: 2 });
});

test("every end of a round in one turn sees the streak of before", async () => {
  const room = streaking(memoryStreaks());
  await room.join("s1", { id: "1" });
  await turn();
  const seen: number[] = [];
  room.plugin.endMatch("matchEnded", ({ streak }) => (seen.push(streak("wins")), { won: true }));
  for (let ticks = 0; ticks < 20; ticks++) await Promise.resolve();
  room.plugin.endMatch("kill", ({ streak }) => (seen.push(streak("wins")), { weapon: "crown" }));
  await turn();
  expect([...seen, ...(await end(room, true))]).toEqual([0, 0, 1]);
});

test("players who left before the end go on with their streak", async () => {
  const store = memoryStreaks();
  await store.record("1", "earlier", { wins: true });
  const room = streaking(store);
  const client = await room.join("s1", { id: "1" });
  await turn();
  await room.leave(client);
  expect(await end(room, true)).toEqual([1]);
  expect(await store.read("1")).toEqual({ wins: 2 });
});

test("the same match ended twice, and a refused report, change no streak", async () => {
  const store = memoryStreaks();
  const room = streaking(store);
  await room.join("s1", { id: "1" });
  await turn();
  room.plugin.beginMatch("m-1");
  await end(room, true);
  room.plugin.beginMatch("m-1");
  await end(room, true);
  expect(await store.read("1")).toEqual({ wins: 1 });

  const refused = { durable: Promise.resolve({ status: "refused", reason: "no" }), settled: Promise.resolve([]) };
  Object.assign(room.questline, { match: (id: string) => ({ id, report: () => refused }) });
  room.plugin.beginMatch("m-2");
  await end(room, true);
  expect(await store.read("1")).toEqual({ wins: 1 });
});

test("a store that fails is told, and never reaches the room", async () => {
  const broken: StreakStore = {
    read: () => Promise.reject(new Error("disk full")),
    record: () => {
      throw new Error("disk on fire");
    },
    close: async () => {},
  };
  const room = streaking(broken);
  await room.join("s1", { id: "1" });
  await turn();
  expect(await end(room, true)).toEqual([0]);
  const told = warned.mock.calls.map(([message, { error }]) => `${message} ${error ?? ""}`);
  expect(told).toContainEqual(expect.stringMatching(/streaks are not available Error: disk full/));
  expect(told).toContainEqual(expect.stringMatching(/recording streaks failed Error: disk on fire/));
  expect(room.reported).toHaveLength(1);
});

test("a function that is asynchronous is told and counts as a miss, and its rejection goes nowhere", async () => {
  const escaped = vi.fn<(reason: unknown) => void>();
  process.on("unhandledRejection", escaped);
  const store = memoryStreaks();
  const of = { wins: (async () => Promise.reject(new Error("a database of the game"))) as never };
  const room = scene({ streaks: { store, event: "matchEnded", of } });
  await room.join("s1", { id: "1" });
  await turn();
  await end(room, true);
  await turn();
  process.off("unhandledRejection", escaped);
  expect(escaped).not.toHaveBeenCalled();
  expect(await store.read("1")).toEqual({ wins: 0 });
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/`of.wins` must return.*not a promise/), {});
});

test("a store that has nothing to say of a user costs nobody a result", async () => {
  const room = streaking({ ...memoryStreaks(), read: async () => null as never });
  await room.join("s1", { id: "1" });
  await turn();
  expect(await end(room, true)).toEqual([0]);
  expect(room.reported).toHaveLength(1);
});

test("a streak asked for before it is read counts as 0, with a word in the log", async () => {
  const room = streaking({ ...memoryStreaks(), read: () => new Promise(() => {}) });
  await room.join("s1", { id: "1" });
  expect(await end(room, true)).toEqual([0]);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/not read yet/), {
    userId: "1",
    streak: "wins",
  });
});

test.each([
  ["no store", { event: "matchEnded", of: {} }, /`store` must be/],
  ["an unknown event", { store: memoryStreaks(), event: "ended", of: {} }, /`event` must name an event; there are/],
  ["no functions", { store: memoryStreaks(), event: "matchEnded", of: { wins: true } }, /`of` must be an object/],
])("%s: said, and the room goes on without streaks", async (_, streaks, words) => {
  const room = scene({ streaks: streaks as never });
  await room.join("s1", { id: "1" });
  expect(await end(room, true)).toEqual([0]);
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(words), {});
});

test("a player who is forgotten has no streak any more, also in a room that knew it", async () => {
  const store = memoryStreaks();
  const room = streaking(store);
  await room.join("s1", { id: "1" });
  await room.join("s2", { id: "2" });
  await turn();
  const seen: number[][] = [await end(room, true), await end(room, true)];
  await room.forget("1");
  await turn();
  seen.push(await end(room, true), await end(room, true));
  expect(seen).toEqual([
    [0, 0],
    [1, 1],
    [0, 2],
    [1, 3],
  ]);
  expect(warned).not.toHaveBeenCalled();
});

test("streaks that are being read as their player is forgotten are not remembered", async () => {
  const reads: PromiseWithResolvers<Readonly<Record<string, number>>>[] = [];
  const read = () => {
    const asked = Promise.withResolvers<Readonly<Record<string, number>>>();
    reads.push(asked);
    return asked.promise;
  };
  const room = streaking({ ...memoryStreaks(), read });
  await room.join("s1", { id: "1" });
  await room.forget("1");
  reads[1]?.resolve({});
  await turn();
  reads[0]?.resolve({ wins: 7 });
  await turn();
  expect(await end(room, false)).toEqual([0]);
});

test("a store that cannot forget is told to whoever asked, and the others forget", async () => {
  const failing = { ...memoryStreaks(), forget: () => Promise.reject(new Error("disk full")) };
  const { questline, forget } = streaking(failing);
  const other = memoryStreaks();
  await other.record("1", "m-1", { wins: true });
  questlinePlugin(questline, { streaks: { store: other, event: "matchEnded", of: { wins: ({ won }) => won } } });
  await expect(forget("1")).rejects.toThrow("disk full");
  expect(await other.read("1")).toEqual({});
});
