import { expect, test } from "vitest";
import type { Gone } from "./already-gone.ts";
import { closeSeason, type SeasonArchive, type SeasonRecord } from "./close-season.ts";
import type { EntryList, LeaderboardEntry } from "./leaderboard-entries.ts";
import { PermissionError, PlatformUnavailableError, RateLimitedError } from "../errors/refused-errors.ts";
import { AmbiguousError, NoAnswerError } from "../errors/unanswered-errors.ts";
import { manualClock } from "../runtime/manual-clock.ts";
import { seededRandom } from "../runtime/random.ts";

const END = new Date(1_900_000_000_000);
const before = (id: string, rank: number): LeaderboardEntry => ({ id, rank, score: 5n, at: END });
const after = (id: string, rank: number): LeaderboardEntry => ({
  id,
  rank,
  score: 9n,
  at: new Date(END.getTime() + 1),
});
const season = { apiName: "RACE", season: "2030-spring", endsAt: END, winners: 2 };
const facts = { operation: "leaderboards.deleteEntry", applied: "maybe", transient: false, retryable: false } as const;

interface Board {
  readonly rows: Map<string, LeaderboardEntry>;
  readonly deletes: string[];
  /** What the next deletion ends in, after its effect. */
  fault: Error | undefined;
  readonly calls: { entries(): EntryList; deleteEntry(id: string): Promise<Gone> };
}

function board(...entries: LeaderboardEntry[]): Board {
  const rows = new Map(entries.map((entry) => [entry.id, entry]));
  const deletes: string[] = [];
  const made: Board = {
    rows,
    deletes,
    fault: undefined,
    calls: {
      entries: () => ({
        totalCount: undefined,
        skipped: 0,
        async *[Symbol.asyncIterator]() {
          yield* [...rows.values()];
        },
        withSummary: () => Promise.reject(new Error("not asked for")),
      }),
      async deleteEntry(id) {
        deletes.push(id);
        const wasThere = rows.delete(id);
        const { fault } = made;
        made.fault = undefined;
        if (fault !== undefined) throw fault;
        return wasThere ? "deleted" : "already-gone";
      },
    },
  };
  return made;
}

function archive(): SeasonArchive & { readonly written: SeasonRecord[] } {
  const written: SeasonRecord[] = [];
  return {
    written,
    read: async (name) => written.findLast((record) => record.season === name),
    write: async (record) => void written.push(record),
  };
}

test("winners are archived best first before anything is deleted; entries of the next season stay", async () => {
  const race = board(before("b", 2), after("n", 1), before("a", 3), before("c", 4), { id: "t", score: 1n, rank: 9 });
  const kept = archive();
  const { record, deleted } = await closeSeason(race.calls, kept, season);

  expect(record.winners.map(({ id }) => id)).toEqual(["b", "a"]);
  expect(record.entryIds).toEqual(["b", "a", "c"]);
  expect(kept.written.map(({ isPruned }) => isPruned)).toEqual([false, true]);
  expect(deleted).toBe(3);
  expect([...race.rows.keys()]).toEqual(["n", "t"]);
});

test("closing it again does nothing", async () => {
  const race = board(before("a", 1));
  const kept = archive();
  await closeSeason(race.calls, kept, season);
  race.rows.set("a2", before("a2", 1));
  expect(await closeSeason(race.calls, kept, season)).toMatchObject({ deleted: 0, alreadyGone: 0 });
  expect(race.rows.size).toBe(1);
});

test("a close that stopped in the middle goes on; an entry that was improved meanwhile is spared", async () => {
  const race = board(..."abcdefgh".split("").map((id, at) => before(id, at + 1)));
  const kept = archive();
  race.fault = new PermissionError("no", { ...facts, applied: "no" });
  await expect(closeSeason(race.calls, kept, season)).rejects.toMatchObject({ code: "permission" });
  expect(kept.written.map(({ isPruned }) => isPruned)).toEqual([false]);
  expect([...race.rows.keys()]).toEqual(["f", "g", "h"]);
  race.rows.set("g", after("g", 1));

  const { record } = await closeSeason(race.calls, kept, season);
  expect(record.winners.map(({ id }) => id)).toEqual(["a", "b"]);
  expect([...race.rows.keys()]).toEqual(["g"]);
  expect(race.deletes.toSorted()).toEqual(["a", "b", "c", "d", "e", "f", "h"]);
});

test("five are deleted at a time", async () => {
  const race = board(..."abcdefghijklm".split("").map((id, at) => before(id, at + 1)));
  let underWay = 0;
  let most = 0;
  const calls = {
    ...race.calls,
    async deleteEntry(id: string) {
      underWay += 1;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return race.calls.deleteEntry(id);
    },
  };
  expect(await closeSeason(calls, archive(), season)).toMatchObject({ deleted: 13 });
  expect(most).toBe(5);
});

const lost = new AmbiguousError("lost", facts, { cause: new NoAnswerError("reset", facts) });
const code2 = new PlatformUnavailableError("code 2", { ...facts, status: 500, graphCode: 2, transient: true });
const failing = new AmbiguousError("lost", { ...facts, status: 500, graphCode: 2 }, { cause: code2 });
const limited = new RateLimitedError("slow", {
  ...facts,
  applied: "no",
  transient: true,
  retryable: true,
  retryAfterMs: 3_000,
});

test.each([
  ["whose answer was lost", lost],
  ["that fails with 500 and code 2", failing],
  ["that is turned away for a while", limited],
])("a deletion %s is sent again until it passes: gone is done", async (_what, end) => {
  const race = board(before("a", 1));
  const clock = manualClock();
  let failures = 4;
  const calls = {
    ...race.calls,
    async deleteEntry(id: string) {
      const gone = await race.calls.deleteEntry(id);
      failures -= 1;
      if (failures >= 0) throw end;
      return gone;
    },
  };
  const closing = closeSeason(calls, archive(), season, { clock, random: seededRandom(1) });
  await clock.advance(60_000);
  expect(await closing).toMatchObject({ deleted: 0, alreadyGone: 1, record: { isPruned: true } });
  expect(race.deletes).toEqual(["a", "a", "a", "a", "a"]);
});

test("a platform that goes on failing ends it with the word that it goes on, and it does", async () => {
  const race = board(before("a", 1), before("b", 2));
  const clock = manualClock();
  const kept = archive();
  const calls = {
    ...race.calls,
    async deleteEntry(id: string) {
      if (id === "b") throw failing;
      return race.calls.deleteEntry(id);
    },
  };
  const closing = closeSeason(calls, kept, season, { clock, random: seededRandom(1) });
  closing.catch(() => {});
  await clock.advance(120_000);
  await expect(closing).rejects.toMatchObject({
    code: "platform_unavailable",
    retryable: true,
    graphCode: 2,
    message: expect.stringMatching(/after 1 of 2 entries.*Call it again: it goes on from there/),
  });
  expect(kept.written.map(({ isPruned }) => isPruned)).toEqual([false]);
  expect(await closeSeason(race.calls, kept, season)).toMatchObject({ deleted: 1, record: { isPruned: true } });
});

test("a season's name belongs to one board", async () => {
  const kept = archive();
  await closeSeason(board().calls, kept, season);
  await expect(closeSeason(board().calls, kept, { ...season, apiName: "OTHER" })).rejects.toMatchObject({
    code: "bad_input",
    message: /has season 2030-spring for RACE, not for OTHER/,
  });
});
