import { defineCatalog } from "../src/catalogue/catalog.ts";
import { bitfield, board, count, simple } from "../src/catalogue/definitions.ts";
import { each, oncePerMatch } from "../src/catalogue/events.ts";
import type { Match } from "../src/questline.ts";

export interface MatchEnded {
  readonly won: boolean;
  readonly map: number;
  readonly timeMs: number;
}

export const catalog = defineCatalog({
  events: { matchEnded: oncePerMatch<MatchEnded>(), kill: each<{ readonly weapon: string }>() },
  achievements: { FIRST_WIN: simple(), WINS_100: count(100), EVERY_MAP: bitfield(7, { target: 7 }) },
  leaderboards: { BEST_TIME: board({ sort: "lower-is-better", writes: "server" }) },
});

export declare const match: Match<typeof catalog.events>;
