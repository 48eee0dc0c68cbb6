import { afterEach, expect, test, vi } from "vitest";
import { TOKEN } from "../src/messages.ts";
import type { MatchPlayer } from "../src/match-player.ts";
import { MOST_FIELDS, MOST_OCCURRENCES, MOST_TALLIED, Tallies } from "../src/tally.ts";
import type { FakeEvents } from "./fake-questline.ts";
import { scene, turn, won } from "./scene.ts";

afterEach(() => vi.restoreAllMocks());

test("counts, sums and bests of a player's reports are there at the match's end, then start anew", async () => {
  const { plugin, join } = scene();
  await join("s1", { id: "1" });
  const shots = [{ points: 10 }, { points: 25 }, { points: 5, weapon: "bow" }];
  for (const [n, shot] of shots.entries()) plugin.report("s1", "kill", shot as never, { id: `k-${n}` });

  const tallies: MatchPlayer<FakeEvents>["tally"][] = [];
  const end = (): unknown => plugin.endMatch("matchEnded", ({ tally }) => (tallies.push(tally), won()));
  end();
  await turn();
  end();
  const read = tallies.map((tally) => [
    tally.count("kill"),
    tally.sum("kill", "points" as never),
    tally.best("kill", "points" as never),
    tally.best("kill", "points" as never, "lowest"),
  ]);
  expect(read).toEqual([
    [3, 40, 25, 5],
    [0, 0, undefined, undefined],
  ]);
});

test("a player who left, or came back by another seat, keeps the tally of the round", async () => {
  const { plugin, join, leave } = scene();
  const first = await join("s1", { id: "1" });
  plugin.report(first, "kill", { weapon: "bow" });
  await leave(first);
  const second = await join("s2", { id: "1" });
  plugin.report(second, "kill", { weapon: "bow" });
  await leave(second);
  const counts: number[] = [];
  plugin.endMatch("matchEnded", ({ tally }) => (counts.push(tally.count("kill")), won()));
  expect(counts).toEqual([2]);
});

test("a repeated occurrence, and an event that happens once per match, count once", async () => {
  const { plugin, join } = scene();
  await join("s1", { id: "1" });
  for (const id of ["a", "a", "b"]) plugin.report("s1", "kill", { weapon: "bow" }, { id });
  for (let again = 0; again < 2; again++) plugin.report("s1", "matchEnded", { won: true });
  const counts: number[] = [];
  plugin.endMatch("matchEnded", ({ tally }) => (counts.push(tally.count("kill"), tally.count("matchEnded")), won()));
  expect(counts).toEqual([2, 1]);
});

test("beginMatch starts the tally anew, and what was refused is not in it", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const { plugin, join } = scene();
  await join("s1", { id: "1" });
  plugin.report("s1", "kill", { weapon: "bow" });
  plugin.beginMatch();
  plugin.report("nobody", "kill", { weapon: "bow" });
  const counts: number[] = [];
  plugin.endMatch("matchEnded", ({ tally }) => (counts.push(tally.count("kill")), won()));
  expect(counts).toEqual([0]);
});

test("a guest has a tally, and keeps it when it turns out who they are", async () => {
  const room = scene({ auth: "guests" });
  const guest = await room.join("s1", undefined);
  room.plugin.report(guest, "kill", { weapon: "bow" });
  const seen: unknown[] = [];
  const end = (): unknown =>
    room.plugin.endMatch("matchEnded", ({ userId, tally, streak }) => {
      seen.push([userId, tally.count("kill"), streak("wins")]);
      return won();
    });
  end();
  await turn();

  room.plugin.report(guest, "kill", { weapon: "bow" });
  room.plugin.report(guest, "kill", { weapon: "bow" });
  room.plugin.messages[TOKEN](guest, { token: "token-of-7" });
  await turn();
  room.plugin.report(guest, "kill", { weapon: "bow" });
  end();
  expect(seen).toEqual([
    ["", 1, 0],
    ["7", 3, 0],
  ]);
});

test("what is not a finite number is not added up", () => {
  const tallies = new Tallies();
  for (const payload of [{ a: Number.NaN, b: "3", c: 4n, d: 2 }, null, 7, "text", { d: -2 }])
    tallies.add("1", "kill", payload, undefined);
  const tally = tallies.of("1");
  const sums = ["a", "b", "c", "d"].map((field) => tally.sum("kill", field as never));
  expect([tally.count("kill"), sums]).toEqual([5, [0, 0, 0, 0]]);
  expect(tally.best("kill", "d" as never)).toBe(2);
});

test("memory is bounded: players, number fields and remembered occurrences", () => {
  const tallies = new Tallies();
  for (let n = 0; n <= MOST_TALLIED; n++) tallies.add(`${n}`, "kill", {}, undefined);
  expect([tallies.of("0").count("kill"), tallies.of("1").count("kill")]).toEqual([0, 1]);

  const wide = Object.fromEntries(Array.from({ length: MOST_FIELDS + 1 }, (_, n) => [`f${n}`, 1]));
  tallies.add("wide", "kill", wide, undefined);
  const sums = [`f${MOST_FIELDS - 1}`, `f${MOST_FIELDS}`].map((f) => tallies.of("wide").sum("kill", f as never));
  expect(sums).toEqual([1, 0]);

  for (let n = 0; n <= MOST_OCCURRENCES; n++) tallies.add("busy", "kill", {}, `k-${n}`);
  for (const id of ["k-0", `k-${MOST_OCCURRENCES}`]) tallies.add("busy", "kill", {}, id);
  expect(tallies.of("busy").count("kill")).toBe(MOST_OCCURRENCES + 2);
});
