import type { Gone } from "./already-gone.ts";
import type { CallOptions } from "./call.ts";
import type { LeaderboardEntry } from "./leaderboard-entries.ts";
import type { LeaderboardCalls } from "./leaderboards.ts";
import type { ListOptions } from "./pages.ts";
import { isGraphError, type GraphError } from "../errors/graph-error.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { PlatformUnavailableError } from "../errors/refused-errors.ts";
import { AbortedError } from "../errors/unanswered-errors.ts";
import { fullJitter } from "../resilience/backoff.ts";
import { sleep, systemClock, type Clock } from "../runtime/clock.ts";
import { systemRandom, type Random } from "../runtime/random.ts";

/** A season as it is kept: written once with all its entries, and marked when the board is pruned. */
export interface SeasonRecord {
  readonly season: string;
  readonly apiName: string;
  readonly endsAt: Date;
  /** Best first. */
  readonly winners: readonly LeaderboardEntry[];
  /** Ids of all entries the season leaves behind. */
  readonly entryIds: readonly string[];
  /** Whether none of them stands on the board any more. */
  readonly isPruned: boolean;
}

/** Where seasons are kept, durably: a table, a file. `write` replaces a record of the same season whole. */
export interface SeasonArchive {
  read(season: string): Promise<SeasonRecord | undefined>;
  write(record: SeasonRecord): Promise<void>;
}

export interface SeasonToClose {
  readonly apiName: string;
  /** Your name for it; closing the same one again goes on where it stopped. */
  readonly season: string;
  /** Entries made or improved later belong to the next season, and stay. */
  readonly endsAt: Date;
  /** How many winners are kept whole. Default 100. */
  readonly winners?: number;
  /** Rows per page. Default 100; smaller ones follow where large pages fail. */
  readonly limit?: number;
}

export interface ClosedSeason {
  readonly record: SeasonRecord;
  readonly deleted: number;
  readonly alreadyGone: number;
  /** Rows of the board that could not be read: they stay, and nobody knows whose season they are of. */
  readonly skipped: number;
}

export interface CloseSeasonOptions extends ListOptions {
  readonly clock?: Clock;
  readonly random?: Random;
}

/** So many deletions at once; what others found to be bearable. */
const AT_ONCE = 5;
/** A deletion that fails in passing is sent so often at most, over about half a minute. */
const TRIES = 6;
const BACKOFF = { baseMs: 1_000, capMs: 15_000 };

/**
 * Archives a board's winners, then deletes the season's entries, five at a time: never the whole board, where the next
 * season may have begun. Nothing is deleted before the archive was written. A deletion that fails in passing is repeated,
 * since gone is gone. Throws the first refusal, or the failure that does not pass; called again, it goes on from there.
 */
export async function closeSeason(
  leaderboards: Pick<LeaderboardCalls, "entries" | "deleteEntry">,
  archive: SeasonArchive,
  season: SeasonToClose,
  { clock = systemClock, random = systemRandom, ...options }: CloseSeasonOptions = {},
): Promise<ClosedSeason> {
  const kept = await archive.read(season.season);
  if (kept !== undefined && kept.apiName !== season.apiName) {
    const where = `the archive has season ${season.season} for ${kept.apiName}, not for ${season.apiName}`;
    throw new QuestlineError("bad_input", `closeSeason: ${where}; give each board's seasons names of their own.`);
  }
  if (kept?.isPruned === true) return { record: kept, deleted: 0, alreadyGone: 0, skipped: 0 };
  const record = kept ?? (await archived(leaderboards, season, options));
  if (kept === undefined) await archive.write(record);

  const counts: Record<Gone, number> = { deleted: 0, "already-gone": 0 };
  // Looked at afresh: an entry that its player has improved since is the next season's.
  const { entries: standing, skipped } = await entriesUntil(
    leaderboards,
    { ...season, endsAt: record.endsAt },
    options,
  );
  const own = new Set(record.entryIds);
  const left = standing.flatMap(({ id }) => (own.has(id) ? [id] : []));
  const all = left.length;
  const remove = (id: string): Promise<Gone> =>
    deleteSurely(() => leaderboards.deleteEntry(id, options), { clock, random, options });
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    for (let id = left.shift(); id !== undefined && failure === undefined; id = left.shift()) {
      try {
        counts[await remove(id)] += 1;
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  if (failure !== undefined) throw stopped(failure.error, counts.deleted + counts["already-gone"], all);
  const pruned = { ...record, isPruned: true };
  await archive.write(pruned);
  return { record: pruned, deleted: counts.deleted, alreadyGone: counts["already-gone"], skipped };
}

async function archived(
  leaderboards: Pick<LeaderboardCalls, "entries">,
  season: SeasonToClose,
  options: ListOptions,
): Promise<SeasonRecord> {
  const { apiName, endsAt, winners = 100 } = season;
  const { entries } = await entriesUntil(leaderboards, season, options);
  return {
    season: season.season,
    apiName,
    endsAt,
    winners: entries.slice(0, winners),
    entryIds: entries.map(({ id }) => id),
    isPruned: false,
  };
}

/** An entry without a time cannot be told from a newer one, and stays. */
async function entriesUntil(
  leaderboards: Pick<LeaderboardCalls, "entries">,
  { apiName, endsAt, limit = 100 }: SeasonToClose,
  options: ListOptions,
): Promise<{ readonly entries: readonly LeaderboardEntry[]; readonly skipped: number }> {
  const entries: LeaderboardEntry[] = [];
  const list = leaderboards.entries({ apiName, limit }, options);
  for await (const entry of list) {
    if (entry.at !== undefined && entry.at.getTime() <= endsAt.getTime()) entries.push(entry);
  }
  // Pages may overlap and come out of order on a busy board.
  entries.sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
  return { entries, skipped: list.skipped };
}

const ABORTED = { operation: "leaderboards.deleteEntry", applied: "maybe", transient: true, retryable: false } as const;

interface Patience {
  readonly clock: Clock;
  readonly random: Random;
  readonly options: CallOptions;
}

/** Again after a lost answer and a passing failure: gone is gone. */
async function deleteSurely(send: () => Promise<Gone>, { clock, random, options }: Patience): Promise<Gone> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt + 1 >= TRIES || !isPassing(error)) throw error;
      const orderedMs = isGraphError(error) ? (error.retryAfterMs ?? 0) : 0;
      const waitMs = Math.max(orderedMs, fullJitter(attempt, BACKOFF, random.next()));
      await sleep(clock, waitMs, options.signal).catch(() => {
        throw new AbortedError("closeSeason was aborted by the caller. Called again, it goes on from there.", ABORTED);
      });
    }
  }
}

const isPassing = (error: unknown): error is GraphError =>
  isGraphError(error) && (error.retryable || (error.code === "ambiguous" && !isAborted(error.cause)));

/** The caller's own wish, or the end of the client. */
const isAborted = (error: unknown): boolean =>
  isGraphError(error) && (error.code === "aborted" || error.code === "closed");

/** What did not pass in time says that closing goes on; a refusal speaks for itself. */
function stopped(error: unknown, gone: number, all: number): unknown {
  if (!isPassing(error)) return error;
  const { operation, status, graphCode, graphSubcode, graphType, traceId, retryAfterMs } = error;
  const facts = { operation, status, graphCode, graphSubcode, graphType, traceId, retryAfterMs };
  const words = `closeSeason stopped after ${gone} of ${all} entries, since the platform goes on failing. Call it again: it goes on from there.`;
  const passing = { ...facts, applied: "maybe", transient: true, retryable: true } as const;
  return new PlatformUnavailableError(words, passing, { cause: error });
}
