import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Intent, ScoreEntry } from "../src/intent/intent.ts";
import { accumulates, type LaneValue, mergeValues, type ScoreValue, valueOf } from "../src/intent/lane-value.ts";
import { chooseScore, type SortOrder } from "../src/intent/score-choice.ts";
import {
  type AchievementState,
  deliverAchievement,
  deliverIntent,
  type ScoreState,
  type Tie,
  visible,
  writeScore,
} from "./laws.platform.ts";

type Merge = typeof mergeValues;

const CAP = 2n ** 63n - 1n;
const LENGTH = 6;

/** Small numbers meet their targets, huge ones the cap. */
const amount = fc.oneof({ weight: 4, arbitrary: fc.bigInt(1n, 6n) }, fc.bigInt(CAP - 6n, CAP));
const countIntent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 6, arbitrary: amount.map((n): Intent => ({ kind: "addCount", target: "A", n })) },
  { weight: 1, arbitrary: fc.constant<Intent>({ kind: "unlock", target: "A" }) },
);
const bitsIntent: fc.Arbitrary<Intent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .integer({ min: 1, max: LENGTH })
      .chain((length) =>
        fc
          .bigInt(1n, 2n ** BigInt(length) - 1n)
          .map((bits): Intent => ({ kind: "addBits", target: "A", bits, length })),
      ),
  },
  { weight: 1, arbitrary: fc.constant<Intent>({ kind: "unlock", target: "A" }) },
);
const standing: fc.Arbitrary<AchievementState> = fc.record({
  count: fc.oneof(fc.bigInt(0n, 6n), fc.constant(CAP - 2n)),
  bits: fc.bigInt(0n, 7n),
  unlocked: fc.boolean(),
});
/** Each delivered in turn, or gathered: the sizes of the groups that travel as one merged value. */
const groups = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 12, maxLength: 12 });
const kept = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });

const entry: fc.Arbitrary<ScoreEntry> = fc.record(
  {
    score: fc.oneof(fc.bigInt(-3n, 3n), fc.constantFrom(-CAP - 1n, CAP)),
    extra: fc.constantFrom("YQ==", "Yg==", "Yw=="),
  },
  { requiredKeys: ["score"] },
);
const scoreIntent = fc
  .record({ entry, force: fc.boolean() })
  .map(({ entry, force }): Intent & { kind: "submitScore" } => ({ kind: "submitScore", target: "B", entry, force }));
const sort = fc.constantFrom<SortOrder>("higher-is-better", "lower-is-better");

function split<T>(items: readonly T[], sizes: readonly number[]): T[][] {
  const rest = [...items];
  return sizes.map((size) => rest.splice(0, size)).filter((group) => group.length > 0);
}

function mergeAll(values: readonly LaneValue[], merge: Merge): LaneValue {
  return values.reduce((earlier, later) => merge(earlier, later));
}

/** Achievements: any split of any sequence leaves what the sequence leaves. */
function achievementLaw(intent: fc.Arbitrary<Intent>, merge: Merge) {
  const targets = fc.oneof(fc.bigInt(1n, 12n), fc.constant(CAP), fc.constant(2n ** 70n));
  return fc.property(
    standing,
    fc.array(intent, { minLength: 1, maxLength: 12 }),
    groups,
    kept,
    targets,
    (state, intents, sizes, keeps, target) => {
      const inTurn = intents.reduce((now, intent) => deliverIntent(now, intent, target), state);
      const values = intents.map((intent, index) => valueOf(intent, keeps[index]));
      const gathered = split(values, sizes).map((group) => mergeAll(group, merge));
      const merged = gathered.reduce((now, value) => deliverAchievement(now, value, target), state);
      expect(visible(merged)).toEqual(visible(inTurn));
    },
  );
}

function deliverScore(state: ScoreState, value: LaneValue, order: SortOrder, onTie: Tie): ScoreState {
  const score = value as ScoreValue;
  return writeScore(state, chooseScore(score, order), score.forced, order, onTie);
}

/** Scores: by value, and where the standing entry survives a tie by extra data too. */
function scoreLaw(merge: Merge, onTie: Tie = "standing") {
  return fc.property(
    fc.option(entry, { nil: undefined }),
    fc.array(scoreIntent, { minLength: 1, maxLength: 12 }),
    groups,
    sort,
    (state, intents, sizes, order) => {
      const inTurn = intents.reduce<ScoreState>(
        (now, { entry, force }) => writeScore(now, entry, force, order, onTie),
        state,
      );
      const gathered = split(
        intents.map((intent) => valueOf(intent)),
        sizes,
      ).map((group) => mergeAll(group, merge));
      const merged = gathered.reduce<ScoreState>((now, value) => deliverScore(now, value, order, onTie), state);
      const compared = (end: ScoreState) => (onTie === "standing" ? end : end?.score);
      expect(compared(merged)).toEqual(compared(inTurn));
    },
  );
}

function fails<T>(law: fc.IProperty<T>): boolean {
  return fc.check(law, { numRuns: 500, seed: 7 }).failed;
}

describe("delivering the merged value leaves what delivering each in turn leaves", () => {
  test("counts and unlocks", () => {
    expect(() => fc.assert(achievementLaw(countIntent, mergeValues), { numRuns: 500 })).not.toThrow();
  });

  test("bits and unlocks", () => {
    expect(() => fc.assert(achievementLaw(bitsIntent, mergeValues), { numRuns: 500 })).not.toThrow();
  });

  test("scores, best and forced, in either order of the board", () => {
    expect(() => fc.assert(scoreLaw(mergeValues), { numRuns: 500 })).not.toThrow();
  });

  test("the values of scores, also where a tie replaces what stands there", () => {
    expect(() => fc.assert(scoreLaw(mergeValues, "newcomer"), { numRuns: 500 })).not.toThrow();
  });
});

describe("merging is associative", () => {
  const same = (intent: fc.Arbitrary<Intent>) =>
    fc.property(intent, intent, intent, fc.boolean(), (a, b, c, keeps) => {
      const [x, y, z] = [valueOf(a, keeps), valueOf(b, keeps), valueOf(c, keeps)];
      expect(mergeValues(mergeValues(x, y), z)).toEqual(mergeValues(x, mergeValues(y, z)));
    });

  test.each([
    ["counts", countIntent],
    ["bits", bitsIntent],
    ["scores", scoreIntent],
  ] as const)("%s", (_, intent) => {
    expect(() => fc.assert(same(intent), { numRuns: 500 })).not.toThrow();
  });
});

describe("the law notices a merge that is wrong", () => {
  const edited = (edit: (merged: LaneValue, earlier: LaneValue, later: LaneValue) => LaneValue): Merge => {
    return (earlier, later) => edit(mergeValues(earlier, later), earlier, later);
  };
  const bothScores = (edit: (merged: ScoreValue, earlier: ScoreValue, later: ScoreValue) => ScoreValue): Merge =>
    edited((merged, earlier, later) => edit(merged as ScoreValue, earlier as ScoreValue, later as ScoreValue));

  test.each<[string, Merge]>([
    [
      "drops the later count",
      edited((merged, earlier) =>
        merged.type === "achievement" && earlier.type === "achievement" ? { ...merged, count: earlier.count } : merged,
      ),
    ],
    ["forgets an unlock", edited((merged) => (merged.type === "achievement" ? { ...merged, unlock: false } : merged))],
    [
      "counts one too many",
      edited((merged) => (merged.type === "achievement" ? { ...merged, count: merged.count + 1n } : merged)),
    ],
  ])("counts: %s", (_, merge) => {
    expect(fails(achievementLaw(countIntent, merge))).toBe(true);
  });

  test.each<[string, Merge]>([
    [
      "keeps only common bits",
      edited((merged, earlier, later) =>
        merged.type === "achievement" && earlier.type === "achievement" && later.type === "achievement"
          ? { ...merged, bits: earlier.bits & later.bits }
          : merged,
      ),
    ],
    [
      "drops the later bits",
      edited((merged, earlier) =>
        merged.type === "achievement" && earlier.type === "achievement" ? { ...merged, bits: earlier.bits } : merged,
      ),
    ],
  ])("bits: %s", (_, merge) => {
    expect(fails(achievementLaw(bitsIntent, merge))).toBe(true);
  });

  test.each<[string, Merge]>([
    [
      "lets a tie take the later extra data",
      bothScores((merged, earlier, later) =>
        later.highest.score === earlier.highest.score ? { ...merged, highest: later.highest } : merged,
      ),
    ],
    [
      "lets a better score survive a forced one",
      bothScores((merged, earlier, later) =>
        later.forced && earlier.highest.score > later.highest.score ? { ...merged, highest: earlier.highest } : merged,
      ),
    ],
    ["keeps one extreme only", bothScores((merged) => ({ ...merged, lowest: merged.highest }))],
    ["forgets that it was forced", bothScores((merged) => ({ ...merged, forced: false }))],
    ["spreads force to a later best score", bothScores((merged, earlier, later) => (earlier.forced ? later : merged))],
  ])("scores: %s", (_, merge) => {
    expect(fails(scoreLaw(merge))).toBe(true);
  });
});

describe("by example", () => {
  const add = (n: bigint, keepsCounting = false) => valueOf({ kind: "addCount", target: "A", n }, keepsCounting);
  const unlock = (keepsCounting = false) => valueOf({ kind: "unlock", target: "A" }, keepsCounting);
  const score = (value: bigint, extra: string, force = false) =>
    valueOf({ kind: "submitScore", target: "B", entry: { score: value, extra }, force });

  test("counters saturate at 2^63-1", () => {
    expect(mergeValues(add(9_223_372_036_854_775_806n), add(5n))).toMatchObject({ count: 9_223_372_036_854_775_807n });
  });

  test("an unlock absorbs counts before and after it, so that nothing is added twice over", () => {
    for (const merged of [mergeValues(add(5n), unlock()), mergeValues(unlock(), add(5n))]) {
      expect(merged).toMatchObject({ unlock: true, count: 0n });
      expect(accumulates(merged)).toBe(false);
    }
  });

  test("an unlock absorbs bits", () => {
    const bits = valueOf({ kind: "addBits", target: "A", bits: 5n, length: 7 });
    expect(mergeValues(bits, unlock())).toMatchObject({ unlock: true, bits: 0n });
  });

  test("counts travel beside an unlock where the achievement goes on counting", () => {
    const merged = mergeValues(mergeValues(add(5n, true), unlock(true)), add(2n, true));
    expect(merged).toMatchObject({ unlock: true, count: 7n });
    expect(accumulates(merged)).toBe(true);
  });

  test("a longer bitfield keeps every position from the left", () => {
    const short = valueOf({ kind: "addBits", target: "A", bits: 0b1n, length: 2 });
    const long = valueOf({ kind: "addBits", target: "A", bits: 0b10000n, length: 5 });
    expect(mergeValues(long, short)).toMatchObject({ bits: 0b10001n, bitLength: 5 });
    expect(mergeValues(short, long)).toMatchObject({ bits: 0b10001n, bitLength: 5 });
  });

  test.each<[SortOrder, bigint]>([
    ["higher-is-better", 9n],
    ["lower-is-better", 2n],
  ])("a forced score followed by best ones is forced to the better (%s)", (order, wanted) => {
    const merged = mergeValues(
      mergeValues(score(5n, "YQ==", true), score(9n, "Yg==")),
      score(2n, "Yw=="),
    ) as ScoreValue;
    expect(merged.forced).toBe(true);
    expect(chooseScore(merged, order).score).toBe(wanted);
  });

  test("best scores followed by a forced one leave the forced one", () => {
    const merged = mergeValues(
      mergeValues(score(9n, "YQ=="), score(1n, "Yg==")),
      score(5n, "Yw==", true),
    ) as ScoreValue;
    expect(merged).toEqual(score(5n, "Yw==", true));
  });

  test("ties keep the earlier entry with its extra data, at both ends", () => {
    const merged = mergeValues(score(5n, "YQ=="), score(5n, "Yg==")) as ScoreValue;
    expect(chooseScore(merged, "higher-is-better")).toEqual({ score: 5n, extra: "YQ==" });
    expect(chooseScore(merged, "lower-is-better")).toEqual({ score: 5n, extra: "YQ==" });
  });

  test("an achievement and a score never merge", () => {
    expect(() => mergeValues(add(1n), score(1n, "YQ=="))).toThrow(TypeError);
  });
});
