import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { TOKEN } from "../src/messages.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { fakeQuestline, type FakeQuestline } from "./fake-questline.ts";
import { fakeClient, fakeRoom } from "./fake-room.ts";
import { scene, turn, won } from "./scene.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

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

test("a matchId that is asynchronous is told, and its rejection goes nowhere", async () => {
  const escaped = vi.fn<(reason: unknown) => void>();
  process.on("unhandledRejection", escaped);
  const { plugin } = scene({ matchId: (async () => Promise.reject(new Error("a database of the game"))) as never });
  expect(plugin.matchId).toBe("room-1:1");
  await turn();
  process.off("unhandledRejection", escaped);
  expect(escaped).not.toHaveBeenCalled();
  expect(warned).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/matchId must be/), { got: "a promise" });
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

test("an object the game goes on changing after a guest's report: what it was then is reported", async () => {
  const { plugin, room, join, reported } = scene({ auth: "guests" });
  const guest = await join("s1", undefined);
  const stats = { won: true, laps: [81, 79] };
  plugin.report(guest, "matchEnded", stats);
  Object.assign(stats, { won: false }).laps.push(0);
  plugin.messages[TOKEN].call(room, guest, { token: "token-of-7" });
  await turn();
  expect(reported.map(({ userId, payload }) => [userId, payload])).toEqual([["7", { won: true, laps: [81, 79] }]]);
});

test("a payload that cannot be read through, once its report is made, is no refusal", async () => {
  const { plugin, join, reported } = scene();
  const client = await join("s1", { id: "1" });
  const payload = {
    won: true,
    get replay(): never {
      throw new RangeError("a bug of the game");
    },
  };
  expect(await plugin.report(client, "matchEnded", payload).durable).toEqual({ status: "accepted" });
  expect(reported).toHaveLength(1);
  expect(plugin.toJSON().refused).toBe(0);
});

test.each([undefined, null, 7])(
  "a report for a player who is %s says so, and nothing of the plugin's inside",
  async (nobody) => {
    const { plugin } = scene();
    const { durable } = plugin.report(nobody as never, "matchEnded", { won: true });
    expect(await durable).toEqual({ status: "refused", reason: expect.stringMatching(/^there is no such player/) });
  },
);

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
