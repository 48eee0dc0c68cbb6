import { describe, expect, it } from "vitest";
import { EffectCounter } from "./oracle.ts";

describe("oracle", () => {
  it("sums effects per user and achievement, foreign ones apart", () => {
    const oracle = new EffectCounter();
    const write = { userId: "1", apiName: "A B", force: false, justUnlocked: false };
    oracle.wrote({ ...write, count: 2n ** 62n });
    oracle.wrote({ ...write, count: 2n ** 62n, justUnlocked: true });
    oracle.wrote({ ...write, bits: "0101" });
    oracle.wrote({ ...write, bits: "100", force: true });
    oracle.wrote({ ...write, userId: "2", count: 1n });
    oracle.wroteForeign({ ...write, count: 5n });
    expect(oracle.achievement("1", "A B")).toEqual({
      writes: 4,
      added: 2n ** 63n,
      bitsSet: "1101",
      forcedUnlocks: 1,
      unlocks: 1,
    });
    expect(oracle.foreign("1", "A B")).toMatchObject({ writes: 1, added: 5n });
    expect(oracle.snapshot().achievements).toMatchObject([
      { userId: "1", apiName: "A B", added: "9223372036854775808", foreignWrites: 1 },
      { userId: "2", apiName: "A B", added: "1", foreignWrites: 0 },
    ]);
  });

  it("hands out copies", () => {
    const oracle = new EffectCounter();
    oracle.submitted("1", "B", true, false);
    const before = oracle.leaderboard("1", "B");
    oracle.submitted("1", "B", false, true);
    expect(before).toEqual({ writes: 1, updates: 1, forced: 0 });
    expect(oracle.leaderboard("1", "B")).toEqual({ writes: 2, updates: 1, forced: 1 });
  });
});
