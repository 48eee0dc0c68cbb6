import type { Events, Match, Receipt } from "@questline/core";
import type { MatchPlayer } from "./match-player.ts";
import type { RoomStreaks } from "./match-streaks.ts";
import type { Roster, RoundPlayer } from "./roster.ts";
import { guestKey, type Tallies, type Tally } from "./tally.ts";

/** Receipts of a round by user id: one for every player the event was reported for. */
export type MatchReceipts = ReadonlyMap<string, Receipt>;

/** A round that ends: who was in it and what they did, whatever else it is ended as in the same turn. */
export interface EndedRound<E extends Events> {
  readonly match: Match<E>;
  readonly players: readonly MatchPlayer<E>[];
  readonly tallies: Tallies;
  /** By event. What was reported once is not reported again. */
  readonly receipts: Map<string, MatchReceipts>;
}

export interface RunningRound<E extends Events> extends Pick<EndedRound<E>, "match" | "tallies"> {
  readonly roster: Roster;
  readonly streaks: RoomStreaks;
  readonly hasGuests: boolean;
}

/** The round as it is now. The room's next round changes nothing of it. */
export function endedRound<E extends Events>(running: RunningRound<E>): EndedRound<E> {
  const { match, tallies, roster, streaks, hasGuests } = running;
  const asMatchPlayer = (present: RoundPlayer): MatchPlayer<E> => ({
    ...present,
    // Reports that `endMatch`'s own functions make count, too.
    get tally() {
      return tallies.of(present.guest ? guestKey(present) : present.userId) as Tally<E>;
    },
    streak: present.guest ? () => 0 : streaks.of(present.userId),
  });
  const players = [...roster.players(), ...(hasGuests ? roster.guests() : [])].map(asMatchPlayer);
  return { match, players, tallies, receipts: new Map() };
}
