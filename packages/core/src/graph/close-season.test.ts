import { expect, test } from "vitest";
import type { Gone } from "./already-gone.ts";
import { closeSeason, type SeasonArchive, type SeasonRecord } from "./close-season.ts";
import type { EntryList, LeaderboardEntry } from "./leaderboard-entries.ts";
import { PermissionError } from "../errors/refused-errors.ts";
import { AmbiguousError } from "../errors/unanswered-errors.ts";

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
  const race = board(before("a", 1), before("b", 2), before("c", 3));
  const kept = archive();
  race.fault = new PermissionError("no", { ...facts, applied: "no" });
  await expect(closeSeason(race.calls, kept, season)).rejects.toMatchObject({ code: "permission" });
  expect(kept.written.map(({ isPruned }) => isPruned)).toEqual([false]);
  race.rows.set("b", after("b", 1));

  const { record } = await closeSeason(race.calls, kept, season);
  expect(record.winners.map(({ id }) => id)).toEqual(["a", "b"]);
  expect([...race.rows.keys()]).toEqual(["b"]);
  expect(race.deletes).toEqual(["a", "c"]);
});

test("a deletion whose answer was lost is sent again: gone is done", async () => {
  const race = board(before("a", 1));
  race.fault = new AmbiguousError("lost", facts);
  expect(await closeSeason(race.calls, archive(), season)).toMatchObject({ deleted: 0, alreadyGone: 1 });
  expect(race.deletes).toEqual(["a", "a"]);
});

test("a season's name belongs to one board", async () => {
  const kept = archive();
  await closeSeason(board().calls, kept, season);
  await expect(closeSeason(board().calls, kept, { ...season, apiName: "OTHER" })).rejects.toMatchObject({
    code: "bad_input",
    message: /has season 2030-spring for RACE, not for OTHER/,
  });
});
