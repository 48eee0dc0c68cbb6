import { expect, test } from "vitest";
import { endOf, ends } from "../src/print.ts";
import { invalidities, type RunResult, tryUntil } from "../src/run.ts";
import { settingsFor } from "../src/settings.ts";
import { Tally } from "../src/tally.ts";

test("watching ends after playing, also when the run's time was up before there was enough", async () => {
  const did: string[] = [];
  const players = ["one", "two"].map((name) => ({ play: async () => void did.push(name) }));
  await tryUntil(
    () => true,
    players,
    () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      return {
        watched: promise,
        end: () => {
          did.push("end");
          resolve();
        },
      };
    },
  );
  expect(did).toEqual(["one", "two", "end"]);
});

test("a run that has had enough, and then has not, plays on", async () => {
  let plays = 0;
  const player = { play: async () => void (plays += 1) };
  await tryUntil(
    () => plays >= 2,
    [player],
    () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      return { watched: promise, end: resolve };
    },
  );
  expect(plays).toBe(2);
});

test("a watcher that fails ends the run", async () => {
  const player = { play: () => new Promise<void>(() => {}) };
  const watch = () => ({ watched: Promise.reject(new Error("the platform is gone")), end: () => {} });
  await expect(tryUntil(() => true, [player], watch)).rejects.toThrow("the platform is gone");
});

const settings = settingsFor(1);
const result = (own: Partial<RunResult>): RunResult => ({
  ...{ tally: new Tally(), accepted: 1, lost: 0, doubled: 0, findings: [], problems: [], invalid: [] },
  ...{ mixedBoards: 0, quietMs: settings.quietMs, seconds: 1 },
  ...own,
});
const doubled = [{ user: "1", target: "SHOTS", lost: 0, doubled: 3, outbox: 0 }];

test("a run whose assumptions did not hold is invalid, not failed, and has an exit code of its own", () => {
  const tally = new Tally();
  expect(invalidities(tally, settings)).toEqual([]);
  expect(endOf(result({}))).toBe("passed");
  expect(endOf(result({ findings: doubled, doubled: 3 }))).toBe("failed");
  expect(endOf(result({ problems: ["too few kills"] }))).toBe("failed");
  tally.late = { worstMs: 301, tooLate: 1 };
  const invalid = invalidities(tally, settings);
  expect(invalid).toHaveLength(1);
  expect(invalid[0]).toContain("up to 301 ms");
  expect(tally.invalid).toBe(1);
  expect(ends[endOf(result({ findings: doubled, doubled: 3, invalid }))].code).toBe(3);
});

test("so is one in which a process stood still past its deadline check for too long", () => {
  const tally = new Tally();
  tally.stoppedTooLong = 2;
  expect(invalidities(tally, settings)).toEqual([expect.stringContaining("1800 ms")]);
});

test("a busy machine is given twice the time, in everything", () => {
  expect(settingsFor(0.9)).toMatchObject({ quietMs: 600, leaseMs: 1_200, timeoutMs: 800 });
  expect(settingsFor(0.1)).toMatchObject({ quietMs: 2_000, leaseMs: 4_000, timeoutMs: 2_667 });
  expect(settingsFor(0.9, 900)).toMatchObject({ quietMs: 900, leaseMs: 1_800, timeoutMs: 1_200 });
  const { quietMs, leaseMs, stoppedMs } = settingsFor(0.1);
  expect(stoppedMs["stage:after-commit"]).toBeGreaterThan(leaseMs);
  expect(stoppedMs["request:written"]).toBeLessThan(leaseMs + quietMs);
});
