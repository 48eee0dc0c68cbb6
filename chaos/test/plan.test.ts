import { expect, test } from "vitest";
import { ArgumentsError, parseArguments } from "../src/arguments.ts";
import { fold } from "../src/ledger/fold.ts";
import { missing, missingInBooks } from "../src/minima.ts";
import { background, themes } from "../src/plan/fault-mix.ts";
import { LifePlanner } from "../src/plan/lives.ts";
import { matchEvents, userId } from "../src/plan/matches.ts";
import { type Trouble, troubleNames } from "../src/plan/troubles.ts";
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
  const planner = new LifePlanner(1, 300);
  const lives = Array.from({ length: 80 }, () => planner.doomed());
  const times = killPoints.map((name) => lives.filter(({ point }) => point === name).length);
  expect(times).toEqual(killPoints.map(() => 6));
});

test("a point that was not reached is tried again before the next round", () => {
  const planner = new LifePlanner(1, 300);
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

test("the troubles asked for befall lives, the others none, and nothing else of the plan depends on it", () => {
  const livesWith = (troubles: readonly Trouble[]) => {
    const planner = new LifePlanner(4, 300, troubles);
    return Array.from({ length: 120 }, () => planner.doomed());
  };
  const [plain, copies, all] = [livesWith([]), livesWith(["copies"]), livesWith(troubleNames)];
  expect(plain.filter(({ trouble }) => Object.keys(trouble).length > 0)).toEqual([]);
  expect(new Set(copies.flatMap(({ trouble }) => Object.keys(trouble)))).toEqual(new Set(["copyAfterMs"]));
  const befell = new Set(all.flatMap(({ trouble }) => Object.keys(trouble)));
  expect(befell).toEqual(new Set(["wallOffsetMs", "threadDeath", "copyAfterMs", "fullDisk"]));
  const offsets = all.flatMap(({ trouble }) => trouble.wallOffsetMs ?? []);
  expect([Math.min(...offsets) < 0, Math.max(...offsets) > 0]).toEqual([true, true]);
  const rest = (lives: typeof plain) =>
    lives.map(({ theme, kill, clockJumps, stop }) => [theme, kill, clockJumps, stop]);
  expect(rest(all)).toEqual(rest(plain));
});

test("a trouble that a run shall make belongs to its minima", () => {
  const asked = { faults: 1_000, kills: 100 };
  const about = (troubles: readonly Trouble[]) =>
    missing(asked, new Tally(), troubles).filter((what) => what.startsWith("trouble"));
  expect(about([])).toEqual([]);
  expect(about(["disk", "clocks"])).toEqual([
    "trouble with disk: 0 of at least 3",
    "trouble with clocks: 0 of at least 3",
  ]);
});

test("shares of faults are of what was asked for at least, and of what there was", () => {
  const tally = new Tally();
  const about = (asked: number) =>
    missing({ faults: asked, kills: 40 }, tally).filter((what) => /writes|add_count|cut/.test(what));
  tally.faults = 1_000;
  tally.writeFaults = 500;
  tally.countFaults = 300;
  tally.countsCutAfterEffect = 150;
  expect(about(1_000)).toEqual([]);
  expect(about(1_200)).toHaveLength(3);
  tally.faults = 1_001;
  expect(about(1_000)).toHaveLength(3);
});

test("half of the counters must stay below their target, and a quarter of the boards take both sorts of scores", () => {
  const books = fold(Array.from({ length: 200 }, (_, match) => matchEvents(1, 0, match)).flat());
  expect(missingInBooks(books)).toEqual([]);
  const won = fold(Array.from({ length: 200 }, (_, match) => matchEvents(1, 0, match)).flat());
  for (const wanted of won.values()) {
    for (const name of ["SHOTS", "STEPS", "GEMS"] as const) wanted.counts[name] = 3_000_000_000;
    wanted.forcedRanks = 0;
  }
  expect(missingInBooks(won).map((what) => what.split(":")[0])).toEqual([
    "counters that never reach their target",
    "boards with forced and best scores",
  ]);
});

test("no effect is planned later than half a quiet period after the end of its connection, killed clients or not", () => {
  const quietMs = 300;
  const planned = [
    ...themes(quietMs).map(({ kind }) => kind),
    ...background(1, quietMs).flatMap(({ kinds }) => kinds.filter((kind) => typeof kind !== "string")),
  ];
  const effects = planned.map((kind) => {
    if (kind.kind === "delayedEffect" || kind.kind === "laggingReads") return kind.ms;
    return kind.kind === "latency" && kind.when !== "after" ? kind.ms : 0;
  });
  expect(Math.max(...effects)).toBeLessThan(quietMs / 2);
  expect(effects.some((ms) => ms > quietMs / 3)).toBe(true);
});

test("flags for trouble, pace and time", () => {
  expect(parseArguments([])).toMatchObject({ quietMs: undefined, withinMs: 360_000 });
  expect(parseArguments(["--trouble", "all", "--within", "5"])).toMatchObject({
    troubles: troubleNames,
    withinMs: 5_000,
  });
  expect(parseArguments(["--trouble", "disk,clocks", "--quiet", "600"])).toMatchObject({
    troubles: ["disk", "clocks"],
    quietMs: 600,
  });
  expect(() => parseArguments(["--trouble", "fire"])).toThrow('there is no trouble "fire"');
  expect(() => parseArguments(["--quiet", "299"])).toThrow("the smallest is 300");
});
