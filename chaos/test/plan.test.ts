import { expect, test } from "vitest";
import { ArgumentsError, parseArguments } from "../src/arguments.ts";
import { missing } from "../src/minima.ts";
import { LifePlanner } from "../src/plan/lives.ts";
import { matchEvents, userId } from "../src/plan/matches.ts";
import { Tally } from "../src/tally.ts";
import { killPoints } from "../src/wire.ts";

test("the same seed plans the same match, another seed another one", () => {
  expect(matchEvents(5, 2, 31)).toEqual(matchEvents(5, 2, 31));
  expect(matchEvents(6, 2, 31)).not.toEqual(matchEvents(5, 2, 31));
});

test("no user belongs to two outboxes", () => {
  const users = (outbox: number) => Array.from({ length: 400 }, (_, n) => matchEvents(1, outbox, n)[0]?.user);
  expect(new Set(users(0)).intersection(new Set(users(1))).size).toBe(0);
  expect(users(3)).toContain(userId(3, 40));
});

test("three of four kills are planned at a named point, each of them as often as the others", () => {
  const planner = new LifePlanner(1, 300, 400);
  const lives = Array.from({ length: 80 }, () => planner.doomed());
  const times = killPoints.map((name) => lives.filter(({ point }) => point === name).length);
  expect(times).toEqual(killPoints.map(() => 6));
});

test("a point that was not reached is tried again before the next round", () => {
  const planner = new LifePlanner(1, 300, 400);
  const point = planner.doomed().point ?? "checkpoint";
  planner.missed(point);
  const round = Array.from({ length: 13 }, () => planner.doomed().point);
  expect(round.filter((name) => name === point)).toHaveLength(1);
});

test("a run that saw nothing misses every minimum, and says how much", () => {
  const short = missing({ faults: 1_000, kills: 40 }, new Tally());
  expect(short).toContain("faults: 0 of at least 1000");
  expect(short).toContain("verdicts 'applied': 0 of at least 20");
  expect(short.filter((what) => what.startsWith("kills at "))).toEqual(
    killPoints.map((point) => `kills at ${point}: 0 of at least 3`),
  );
});

test("faults are told apart by what they hit", () => {
  const tally = new Tally();
  const row = { user: "1", counts: false, open: false };
  tally.saw([
    { ...row, operation: "achievements.write", counts: true, fault: "resetAfter" },
    { ...row, operation: "achievements.write", counts: true, fault: "status", open: true },
    { ...row, operation: "leaderboards.submit", fault: "resetAfter", open: true },
    { ...row, operation: "achievements.read", fault: "garbage" },
    { ...row, operation: "achievements.write" },
  ]);
  expect(tally).toMatchObject({ faults: 4, writeFaults: 3, countFaults: 2, countsCutAfterEffect: 1 });
  expect(tally).toMatchObject({ requests: 4, reads: 1, parallel: 2 });
});

test("flags that contradict each other are refused", () => {
  const both = ["--sabotage", "zero-quiet-period", "--scenario", "zero-quiet-period"];
  expect(() => parseArguments(both)).toThrow(ArgumentsError);
  expect(parseArguments(["--kills", "200"])).toMatchObject({ kills: 200, faults: 3_000, scenario: undefined });
});
