import type { Gone } from "./already-gone.ts";
import type { CallOptions } from "./call.ts";
import type { LeaderboardEntry } from "./leaderboard-entries.ts";
import type { LeaderboardCalls } from "./leaderboards.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { isGraphError } from "../errors/graph-error.ts";

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
}

/**
 * Archives a board's winners, then deletes the season's entries one by one: never the whole board, where the next season
 * may have begun. Nothing is deleted before the archive was written. Throws the first refusal; again goes on from there.
 */
export async function closeSeason(
  leaderboards: Pick<LeaderboardCalls, "entries" | "deleteEntry">,
  archive: SeasonArchive,
  season: SeasonToClose,
  options?: CallOptions,
): Promise<ClosedSeason> {
  const kept = await archive.read(season.season);
  if (kept !== undefined && kept.apiName !== season.apiName) {
    const where = `the archive has season ${season.season} for ${kept.apiName}, not for ${season.apiName}`;
    throw new QuestlineError("bad_input", `closeSeason: ${where}; give each board's seasons names of their own.`);
  }
  if (kept?.isPruned === true) return { record: kept, deleted: 0, alreadyGone: 0 };
  const record = kept ?? (await archived(leaderboards, season, options));
  if (kept === undefined) await archive.write(record);

  const counts: Record<Gone, number> = { deleted: 0, "already-gone": 0 };
  // Looked at afresh: an entry that its player has improved since is the next season's.
  const standing = await entriesUntil(leaderboards, { ...season, endsAt: record.endsAt }, options);
  const own = new Set(record.entryIds);
  for (const { id } of standing) {
    if (own.has(id)) counts[await deleteSurely(leaderboards, id, options)] += 1;
  }
  const pruned = { ...record, isPruned: true };
  await archive.write(pruned);
  return { record: pruned, deleted: counts.deleted, alreadyGone: counts["already-gone"] };
}

async function archived(
  leaderboards: Pick<LeaderboardCalls, "entries">,
  season: SeasonToClose,
  options: CallOptions | undefined,
): Promise<SeasonRecord> {
  const { apiName, endsAt, winners = 100 } = season;
  const entries = await entriesUntil(leaderboards, season, options);
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
  options: CallOptions | undefined,
): Promise<readonly LeaderboardEntry[]> {
  const entries: LeaderboardEntry[] = [];
  for await (const entry of leaderboards.entries({ apiName, limit }, options)) {
    if (entry.at !== undefined && entry.at.getTime() <= endsAt.getTime()) entries.push(entry);
  }
  // Pages may overlap and come out of order on a busy board.
  return entries.sort((a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity));
}

/** Once more after a lost answer: gone is gone. */
async function deleteSurely(
  leaderboards: Pick<LeaderboardCalls, "deleteEntry">,
  id: string,
  options: CallOptions | undefined,
): Promise<Gone> {
  try {
    return await leaderboards.deleteEntry(id, options);
  } catch (error) {
    if (!isGraphError(error) || (error.code !== "ambiguous" && !error.retryable)) throw error;
    return leaderboards.deleteEntry(id, options);
  }
}
