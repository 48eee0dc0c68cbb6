import { describe, expect, it } from "vitest";
import { type ActualProgress, type ActualWorld, compare } from "../src/demo/compare.ts";
import { type Board, fold, type LedgerEvent } from "../src/demo/fold.ts";

const user = "72057594037930000";
const kill = (id: number, headshot = false): LedgerEvent => {
  return { match: "m-1", user, event: "kill", id: `drone-${id}`, payload: { headshot } };
};
const end = (match: string, payload: Partial<Record<string, unknown>> = {}): LedgerEvent => {
  const usual = { won: false, finished: true, map: 0, points: 130, timeMs: 900 };
  return { match, user, event: "matchEnded", id: "", payload: { ...usual, ...payload } };
};
const kills = (count: number, headshots = 0): LedgerEvent[] =>
  Array.from({ length: count }, (_, index) => kill(index, index < headshots));

const untouched: ActualProgress = { unlocked: false, count: 0, bits: new Set(), added: 0 };

function worldOf(
  progress: Readonly<Record<string, Partial<ActualProgress>>>,
  scores: Partial<Record<Board, number>> = {},
): ActualWorld {
  return {
    users: new Set([user]),
    progress: (_, name) => ({ ...untouched, ...progress[name] }),
    score: (_, board) => scores[board],
  };
}

function verdictOf(planned: readonly LedgerEvent[], accepted: readonly LedgerEvent[], world: ActualWorld) {
  const { lost, doubled } = compare(fold(planned), fold(accepted), world);
  return { lost, doubled };
}

const counted = (count: number, headshots = 0): ActualWorld =>
  worldOf({ KILLS_1000000: { count, added: count }, HEADSHOTS_15: { count: headshots, added: headshots } });

describe("fold", () => {
  it("takes an event that was written twice once", () => {
    const folded = fold([kill(1), kill(1), kill(2, true)]);
    expect(folded.events).toBe(2);
    expect(folded.firings).toBe(3);
    expect(folded.players.get(user)?.counts).toEqual({ HEADSHOTS_15: 1, KILLS_1000000: 2 });
  });

  it("counts a firing for each rule of a match end whose condition holds", () => {
    expect(fold([end("m-1")]).firings).toBe(3);
    expect(fold([end("m-1", { won: true })]).firings).toBe(4);
    expect(fold([end("m-1", { finished: false })]).firings).toBe(2);
  });

  it("refuses an event that the arena never reports", () => {
    expect(() => fold([{ ...kill(1), event: "jump" }])).toThrow(/jump/);
  });
});

describe("compare", () => {
  it("finds nothing where the platform holds exactly what was accepted", () => {
    expect(verdictOf(kills(12, 3), kills(12, 3), counted(12, 3))).toEqual({ lost: 0, doubled: 0 });
  });

  it("counts each missing and each surplus unit of a locked counter", () => {
    expect(verdictOf(kills(12), kills(12), counted(9))).toEqual({ lost: 3, doubled: 0 });
    expect(verdictOf(kills(12), kills(12), counted(14))).toEqual({ lost: 0, doubled: 2 });
  });

  it("leaves open whether what was never acknowledged took effect", () => {
    expect(verdictOf(kills(12), kills(10), counted(10))).toEqual({ lost: 0, doubled: 0 });
    expect(verdictOf(kills(12), kills(10), counted(12))).toEqual({ lost: 0, doubled: 0 });
    expect(verdictOf(kills(12), kills(10), counted(9))).toEqual({ lost: 1, doubled: 0 });
    expect(verdictOf(kills(12), kills(10), counted(13))).toEqual({ lost: 0, doubled: 1 });
  });

  it("sees effects beyond the plan that the platform's counter does not show", () => {
    const world = worldOf({ KILLS_1000000: { count: 12, added: 24 } });
    expect(verdictOf(kills(12), kills(12), world)).toEqual({ lost: 0, doubled: 12 });
  });

  it("lets an unlocked counter stop anywhere, if the plan reaches its target", () => {
    const at = (count: number) =>
      worldOf({ KILLS_1000000: { count: 20, added: 20 }, HEADSHOTS_15: { unlocked: true, count, added: count } });
    expect(verdictOf(kills(20, 18), kills(20, 18), at(15))).toEqual({ lost: 0, doubled: 0 });
    expect(verdictOf(kills(20, 14), kills(20, 14), at(15))).toEqual({ lost: 0, doubled: 2 });
  });

  it("misses an unlock whose target was accepted", () => {
    expect(verdictOf(kills(15, 15), kills(15, 15), counted(15, 15))).toEqual({ lost: 1, doubled: 0 });
  });

  it("holds bits, wins and scores to what was played", () => {
    const played = [end("m-1", { won: true, points: 140 }), end("m-2", { map: 2, timeMs: 800 })];
    const progress = { FIRST_WIN: { unlocked: true }, EVERY_MAP: { bits: new Set([0, 2]) } };
    const scores = { POINTS: 140, BEST_TIME: 800 };
    expect(verdictOf(played, played, worldOf(progress, scores))).toEqual({ lost: 0, doubled: 0 });
    expect(verdictOf(played, played, worldOf({}, scores))).toEqual({ lost: 3, doubled: 0 });
    const strange = { ...progress, EVERY_MAP: { bits: new Set([0, 1, 2]), unlocked: true } };
    expect(verdictOf(played, played, worldOf(strange, scores))).toEqual({ lost: 0, doubled: 2 });
    expect(verdictOf(played, played, worldOf(progress, { POINTS: 130, BEST_TIME: 900 }))).toEqual({
      lost: 2,
      doubled: 0,
    });
    expect(verdictOf(played, played, worldOf(progress, { POINTS: 141, BEST_TIME: 800 }))).toEqual({
      lost: 0,
      doubled: 1,
    });
    expect(verdictOf(played, played, worldOf(progress, { POINTS: 140 }))).toEqual({ lost: 1, doubled: 0 });
  });

  it("takes what a user has whom nobody reported for as doubled", () => {
    expect(verdictOf([], [], counted(2))).toEqual({ lost: 0, doubled: 2 });
  });
});
