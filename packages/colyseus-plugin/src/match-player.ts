import type { Events } from "@questline/core";
import type { RoomStreaks } from "./match-streaks.ts";
import type { RoundPlayer } from "./roster.ts";
import { guestKey, type Tallies, type Tally } from "./tally.ts";

/** A player of the round that ends, as `endMatch` and `watch` show it. */
export interface MatchPlayer<E extends Events = Events> extends RoundPlayer {
  /** What the player's reports of this round add up to. */
  readonly tally: Tally<E>;
  /** How long this streak was before this match; 0 for none. */
  streak(name: string): number;
}

/** The player with what they did. */
export function matchPlayer<E extends Events>(
  present: RoundPlayer,
  tallies: Tallies,
  streaks: Pick<RoomStreaks, "of">,
): MatchPlayer<E> {
  return {
    ...present,
    // Reports that the game's own functions make while a match ends count, too.
    get tally() {
      return tallies.of(present.guest ? guestKey(present) : present.userId) as Tally<E>;
    },
    streak: present.guest ? () => 0 : streaks.of(present.userId),
  };
}
