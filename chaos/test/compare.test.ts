import { describe, expect, test } from "vitest";
import { announcementProblems } from "../src/ledger/announcements.ts";
import { type Actual, type ActualProgress, compare } from "../src/ledger/compare.ts";
import { fold } from "../src/ledger/fold.ts";
import type { Hit, MatchEnded, PlannedEvent } from "../src/plan/events.ts";

const user = "72057594037930000";
const hit = (id: string, payload: Partial<Hit>): PlannedEvent => {
  const whole = { shots: 1, gems: 0, kill: false, headshot: false, ...payload };
  return { match: "m", user, event: "hit", id, payload: whole };
};
const end = (match: string, payload: Partial<MatchEnded>): PlannedEvent => {
  const whole = { won: false, steps: 1, map: 0, emblems: [], points: 1, rank: 1, rankForced: false, ...payload };
  return { match, user, event: "matchEnded", id: "", payload: whole };
};

/** A platform that holds this much of that user; nothing else. */
function platform(
  rows: Readonly<Record<string, Partial<ActualProgress>>>,
  scores: Readonly<Record<string, number>> = {},
): Actual {
  const none: ActualProgress = { unlocked: false, count: 0, bits: new Set(), added: 0 };
  return {
    users: new Set([user]),
    progress: (_user, name) => ({ ...none, added: rows[name]?.count ?? 0, ...rows[name] }),
    score: (_user, board) => scores[board],
  };
}

const judge = (events: readonly PlannedEvent[], actual: Actual) =>
  compare(fold(events), actual).map(({ target, lost, doubled }) => ({ target, lost, doubled }));

describe("a locked count", () => {
  const shots = [hit("a", { shots: 3 }), hit("b", { shots: 4 })];

  test.each([
    [7, []],
    [6, [{ target: "SHOTS", lost: 1, doubled: 0 }]],
    [10, [{ target: "SHOTS", lost: 0, doubled: 3 }]],
  ])("of 7 that shows %d", (count, findings) => {
    expect(judge(shots, platform({ SHOTS: { count } }))).toEqual(findings);
  });

  test("whose units were taken back is doubled all the same if more was added than wanted", () => {
    const findings = judge(shots, platform({ SHOTS: { count: 7, added: 10 } }));
    expect(findings).toEqual([{ target: "SHOTS", lost: 0, doubled: 3 }]);
  });
});

describe("an unlocked count", () => {
  const kills = (times: number) => Array.from({ length: times }, (_, n) => hit(`k${n}`, { shots: 0, kill: true }));

  test("may stand anywhere once its target was reached", () => {
    expect(judge(kills(27), platform({ KILLS: { unlocked: true, count: 25 } }))).toEqual([]);
  });

  test("was unlocked for nothing below its target", () => {
    const findings = judge(kills(24), platform({ KILLS: { unlocked: true, count: 24 } }));
    expect(findings).toEqual([{ target: "KILLS", lost: 0, doubled: 1 }]);
  });

  test("is missing when it should be unlocked", () => {
    const findings = judge(kills(25), platform({ KILLS: { count: 25 } }));
    expect(findings).toEqual([{ target: "KILLS", lost: 1, doubled: 0 }]);
  });
});

test("a bit that nobody set is doubled, one that is missing lost", () => {
  const rows = { STEPS: { count: 1 }, ROUNDS: { count: 1 }, EVERY_MAP: { bits: new Set([3]) } };
  const findings = judge([end("m", { map: 2 })], platform(rows, { POINTS: 1, RANK: 1 }));
  expect(findings).toEqual([{ target: "EVERY_MAP", lost: 1, doubled: 1 }]);
});

test("a forced score replaces a better one, and the best of what follows stands", () => {
  const ranks: readonly [number, boolean][] = [
    [900, false],
    [100, true],
    [50, false],
    [300, false],
  ];
  const events = ranks.map(([rank, rankForced], n) => end(`m${n}`, { rank, rankForced }));
  expect(fold(events).get(user)?.scores.RANK).toBe(300);
});

test("a lower time is better, and a score beyond the best one is doubled", () => {
  const events = [end("a", { timeMs: 400 }), end("b", { timeMs: 300 })];
  const rows = { STEPS: { count: 2 }, ROUNDS: { count: 2 }, EVERY_MAP: { bits: new Set([0]) } };
  const times = (TIME: number) => judge(events, platform(rows, { POINTS: 1, RANK: 1, TIME }));
  expect(times(300)).toEqual([]);
  expect(times(400)).toEqual([{ target: "TIME", lost: 1, doubled: 0 }]);
  expect(times(200)).toEqual([{ target: "TIME", lost: 0, doubled: 1 }]);
});

test("each unlock is announced once, and nothing else", () => {
  const actual = platform({ KILLS: { unlocked: true }, ROUNDS: { unlocked: true } });
  const told = (...names: readonly string[]) => names.map((achievement, n) => ({ user, achievement, id: `${n}` }));
  expect(announcementProblems(actual, told("KILLS", "ROUNDS"))).toEqual([]);
  expect(announcementProblems(actual, told("KILLS", "KILLS", "SHOTS"))).toEqual([
    `${user} KILLS: announced 2 times instead of 1`,
    `${user} ROUNDS: announced 0 times instead of 1`,
    `${user} SHOTS: announced 1 times instead of 0`,
  ]);
});
