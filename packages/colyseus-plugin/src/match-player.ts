import type { Events } from "@questline/core";
import type { RoundPlayer } from "./roster.ts";
import type { Tally } from "./tally.ts";

/** A player of the round that ends, as `endMatch` and `watch` show it. */
export interface MatchPlayer<E extends Events = Events> extends RoundPlayer {
  /** What the player's reports of this round add up to. */
  readonly tally: Tally<E>;
  /** How long this streak was before this match; 0 for none. */
  streak(name: string): number;
}
