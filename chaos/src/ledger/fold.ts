import { type Bitfield, type Board, boards, type Counter, counters } from "../plan/catalogue.ts";
import type { Hit, MatchEnded, PlannedEvent } from "../plan/events.ts";

/**
 * What the platform should hold, worked out from the ledger alone: a second reading of the game's rules that shares no
 * code with the library under test.
 */
export interface Wanted {
  won: boolean;
  readonly counts: Record<Counter, number>;
  readonly bits: Record<Bitfield, Set<number>>;
  readonly scores: Partial<Record<Board, number>>;
  /** How many scores the board `RANK` took of either sort. */
  forcedRanks: number;
  bestRanks: number;
}

/** By user. Events are taken in the order given, each once. */
export function fold(events: Iterable<PlannedEvent>): ReadonlyMap<string, Wanted> {
  const users = new Map<string, Wanted>();
  for (const { user, event, payload } of events) {
    const wanted = users.get(user) ?? nothing();
    users.set(user, wanted);
    if (event === "hit") takeHit(wanted, payload);
    else takeEnd(wanted, payload);
  }
  return users;
}

export function nothing(): Wanted {
  const counts = Object.fromEntries(Object.keys(counters).map((name) => [name, 0])) as Record<Counter, number>;
  const bits = { EVERY_MAP: new Set<number>(), EMBLEMS: new Set<number>() };
  return { won: false, counts, bits, scores: {}, forcedRanks: 0, bestRanks: 0 };
}

function takeHit({ counts }: Wanted, { shots, gems, kill, headshot }: Hit): void {
  counts.SHOTS += shots;
  counts.GEMS += gems;
  if (kill) counts.KILLS += 1;
  if (headshot) counts.HEADSHOTS += 1;
}

function takeEnd(wanted: Wanted, end: MatchEnded): void {
  wanted.won ||= end.won;
  wanted.counts.ROUNDS += 1;
  wanted.counts.STEPS += end.steps;
  wanted.bits.EVERY_MAP.add(end.map);
  for (const emblem of end.emblems) wanted.bits.EMBLEMS.add(emblem);
  keepBest(wanted, "POINTS", end.points);
  if (end.timeMs !== undefined) keepBest(wanted, "TIME", end.timeMs);
  if (end.rankForced) {
    wanted.forcedRanks += 1;
    wanted.scores.RANK = end.rank;
  } else {
    wanted.bestRanks += 1;
    keepBest(wanted, "RANK", end.rank);
  }
}

function keepBest({ scores }: Wanted, board: Board, score: number): void {
  const before = scores[board];
  const better = boards[board] === "higher" ? Math.max : Math.min;
  scores[board] = before === undefined ? score : better(before, score);
}
