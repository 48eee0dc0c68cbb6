import { describe, expect, it } from "vitest";
import type { Definition } from "./definition.ts";
import { HISTORY_MS, orBits, Progress } from "./progress.ts";

const counter: Definition = {
  id: "1",
  apiName: "WINS",
  type: "COUNT",
  writePolicy: "SERVER_AUTHORITATIVE",
  target: 1_000_000n,
  bitfieldLength: 0,
  archived: false,
  title: "",
  description: "",
  unlockedDescription: undefined,
  secret: false,
  icons: new Set(),
};

describe("progress", () => {
  it("shows the state at any time within the history, however many changes there were", () => {
    const row = new Progress("2", counter);
    const changes = 10_000;
    const step = 60;
    for (let i = 0; i < changes; i += 1) row.apply({ count: 1n }, i * step, "accumulate");
    const now = (changes - 1) * step;
    for (const lag of [0, 1, step, step + 1, 59_999, HISTORY_MS - 1, HISTORY_MS]) {
      expect(row.at(now - lag)?.count).toBe(BigInt(Math.floor((now - lag) / step) + 1));
    }
  });

  it("has no state before the first change", () => {
    const row = new Progress("2", counter);
    expect(row.at(Infinity)).toBeUndefined();
    row.apply({ count: 3n }, 100, "accumulate");
    expect(row.at(99)).toBeUndefined();
    expect(row.at(100)?.count).toBe(3n);
  });

  it("cap lowers nothing that was above the target before", () => {
    const row = new Progress("2", { ...counter, target: 10n });
    row.apply({ count: 15n }, 0, "accumulate");
    row.apply({ count: 1n }, 0, "cap");
    expect(row.state.count).toBe(15n);
  });

  it("joins bits of different length from the left", () => {
    expect(orBits("10011", "00110")).toBe("10111");
    expect(orBits("1", "0001")).toBe("1001");
    expect(orBits("", "01")).toBe("01");
  });
});
