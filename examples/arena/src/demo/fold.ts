/**
 * What the platform should hold, worked out from the ledger alone. This is a second reading of the arena's rules: it
 * shares no code with the library under test, so that a mistake there cannot hide here.
 */

export interface LedgerEvent {
  readonly match: string;
  readonly user: string;
  readonly event: string;
  /** Unique in the match for events that happen many times, else empty. */
  readonly id: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The same event again has the same key, however often it was reported. */
export function keyOf(event: Omit<LedgerEvent, "payload">): string {
  return JSON.stringify([event.match, event.user, event.event, event.id]);
}

export const achievements = {
  FIRST_WIN: { type: "simple" },
  HEADSHOTS_15: { type: "count", target: 15 },
  KILLS_1000000: { type: "count", target: 1_000_000 },
  EVERY_MAP: { type: "bitfield", target: 3 },
} as const;
export type Achievement = keyof typeof achievements;

export const boards = { POINTS: "higher-is-better", BEST_TIME: "lower-is-better" } as const;
export type Board = keyof typeof boards;

export interface PlayerFold {
  readonly counts: { HEADSHOTS_15: number; KILLS_1000000: number };
  readonly maps: Set<number>;
  wins: number;
  kills: number;
  readonly scores: Record<Board, number[]>;
}

export interface Fold {
  readonly events: number;
  /** Rule firings: one per event and rule whose condition holds. */
  readonly firings: number;
  readonly players: ReadonlyMap<string, PlayerFold>;
}

/** @throws Error for an event or payload that the arena never reports. */
export function fold(events: Iterable<LedgerEvent>): Fold {
  const players = new Map<string, PlayerFold>();
  const seen = new Set<string>();
  let firings = 0;
  for (const event of events) {
    const key = keyOf(event);
    if (seen.has(key)) continue;
    seen.add(key);
    const player = players.get(event.user) ?? nothing();
    players.set(event.user, player);
    firings += take(player, event);
  }
  return { events: seen.size, firings, players };
}

export function nothing(): PlayerFold {
  return {
    counts: { HEADSHOTS_15: 0, KILLS_1000000: 0 },
    maps: new Set(),
    wins: 0,
    kills: 0,
    scores: { POINTS: [], BEST_TIME: [] },
  };
}

/** The better of a board's scores; undefined when there is none. */
export function best(board: Board, scores: readonly number[]): number | undefined {
  if (scores.length === 0) return undefined;
  return boards[board] === "higher-is-better" ? Math.max(...scores) : Math.min(...scores);
}

function take(player: PlayerFold, { event, payload }: LedgerEvent): number {
  if (event === "kill") {
    const headshot = flag(payload, "headshot");
    player.kills += 1;
    player.counts.KILLS_1000000 += 1;
    if (headshot) player.counts.HEADSHOTS_15 += 1;
    return headshot ? 2 : 1;
  }
  if (event === "matchEnded") {
    const won = flag(payload, "won");
    const finished = flag(payload, "finished");
    if (won) player.wins += 1;
    player.maps.add(number(payload, "map"));
    player.scores.POINTS.push(number(payload, "points"));
    if (finished) player.scores.BEST_TIME.push(number(payload, "timeMs"));
    return 2 + (won ? 1 : 0) + (finished ? 1 : 0);
  }
  throw new Error(`the ledger holds an event "${event}" that the arena never reports`);
}

function flag(payload: LedgerEvent["payload"], name: string): boolean {
  const value = payload[name];
  if (typeof value !== "boolean") throw new Error(`the ledger holds a payload without "${name}"`);
  return value;
}

function number(payload: LedgerEvent["payload"], name: string): number {
  const value = payload[name];
  if (typeof value !== "number") throw new Error(`the ledger holds a payload without "${name}"`);
  return value;
}
