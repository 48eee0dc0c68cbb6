import type { Events, Match, Receipt } from "@questline/core";
import { matchPlayer, type MatchPlayer } from "./match-player.ts";
import type { RoomStreaks } from "./match-streaks.ts";
import type { Roster, RoundPlayer } from "./roster.ts";
import { guestKey, type Tallies } from "./tally.ts";

/** Receipts of a round by user id: one for every player the event was reported for. */
export type MatchReceipts = ReadonlyMap<string, Receipt>;

/** A round that ends: who was in it and what they did, whatever else it is ended as in the same turn. */
export interface EndedRound<E extends Events> {
  readonly match: Match<E>;
  /** A guest who has proven who they are since is that player, and has what the guest did. */
  players(): readonly MatchPlayer<E>[];
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
  const asMatchPlayer = (present: RoundPlayer): MatchPlayer<E> => matchPlayer(present, tallies, streaks);
  const asProven = (guest: RoundPlayer): RoundPlayer => {
    const userId = roster.userIdOf(guest.sessionId);
    if (userId === undefined) return guest;
    tallies.move(guestKey(guest), userId);
    const { guest: _was, ...player } = guest;
    return { ...player, userId, auth: guest.client ? guest.client.auth : guest.auth };
  };

  const known = roster.players().map(asMatchPlayer);
  const guests = hasGuests ? roster.guests() : [];
  const players = (): MatchPlayer<E>[] => onePerUser([...known, ...guests.map(asProven).map(asMatchPlayer)]);
  return { match, players, tallies, receipts: new Map() };
}

/** Guests may turn out to be users who are there already. */
function onePerUser<P extends RoundPlayer>(players: readonly P[]): P[] {
  const users = new Set<string>();
  return players.filter(({ guest, userId }) => guest || (!users.has(userId) && users.add(userId)));
}
