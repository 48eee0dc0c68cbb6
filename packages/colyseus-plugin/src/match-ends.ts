import type { Client } from "@colyseus/core";
import type { Events, Match, OccurrenceOf, PayloadOf, Receipt } from "@questline/core";
import { endedRound, type EndedRound, type MatchReceipts } from "./ended-round.ts";
import type { Guests } from "./guests.ts";
import { isPromise } from "./is-promise.ts";
import { keepPayload } from "./keep-payload.ts";
import { wordsOf } from "./log.ts";
import type { MatchPlayer } from "./match-player.ts";
import type { RoomStreaks } from "./match-streaks.ts";
import type { RoomRounds } from "./room-rounds.ts";
import type { Roster } from "./roster.ts";

export interface MatchEndsParts<E extends Events> {
  readonly events: E;
  readonly rounds: RoomRounds<E>;
  readonly streaks: RoomStreaks;
  /** Once the plugin is in a room. */
  roster(): Roster | undefined;
  /** Where guests may play. */
  guests(): Guests | undefined;
  refuse(event: string, reason: string, userId?: string): Receipt;
  /** Connections of the round whose end is reported are left out. */
  leftOut(event: string, unverified: number): void;
}

type PayloadFor<E extends Events, K extends keyof E & string> = (player: MatchPlayer<E>) => PayloadOf<E[K]> | undefined;

/** A player's answer to the end of a match: what to report, or the receipt of a failure. */
interface Answer<E extends Events, K extends keyof E> {
  readonly player: MatchPlayer<E>;
  readonly payload?: PayloadOf<E[K]>;
  readonly refused?: Receipt;
}

/** Reports the ends of one room's rounds. */
export class MatchEnds<E extends Events> {
  readonly #parts: MatchEndsParts<E>;

  constructor(parts: MatchEndsParts<E>) {
    this.#parts = parts;
  }

  /**
   * Reports this end for everybody of the round and begins the next. With `needsPayload` it is none, and undefined, where
   * nobody gets a payload.
   */
  end<K extends keyof E & string>(
    event: K,
    payloadFor: PayloadFor<E, K>,
    needsPayload = false,
  ): MatchReceipts | undefined {
    const { rounds, roster, refuse } = this.#parts;
    const receipts = new Map<string, Receipt>();
    try {
      const known = rounds.ended;
      const round = known ?? this.#running();
      const before = round.receipts.get(event);
      if (before) return before;
      round.receipts.set(event, receipts);
      const isEnd = rounds.end(round, () => {
        const asking = this.#askAll(event, round, payloadFor);
        const answers = needsPayload ? [...asking] : asking;
        if (Array.isArray(answers) && answers.length === 0) return false;
        if (!known) this.#tellUnverified(event);
        for (const answer of answers) {
          const receipt = this.#report(round.match, event, answer);
          if (receipt) receipts.set(answer.player.userId, receipt);
        }
        return true;
      });
      if (!isEnd) round.receipts.delete(event);
      else if (!known) roster()?.begin();
      return isEnd ? receipts : undefined;
    } catch (error) {
      refuse(event, wordsOf(error));
      return receipts;
    }
  }

  /** True if the player is a guest of this room; the report then waits for a proof, bound to its own match. */
  keepForGuest<K extends keyof E & string>(
    player: Client | string,
    event: K,
    payload: PayloadOf<E[K]>,
    more: OccurrenceOf<E[K]>,
  ): boolean {
    const guests = this.#parts.guests();
    const seat = guests && this.#parts.roster()?.guestSeat(player);
    if (!seat) return false;
    const { match } = this.#parts.rounds;
    const kept = keepPayload(payload) as typeof payload;
    guests.keep(seat, (userId) => void match.report(userId, event, kept, ...more));
    return true;
  }

  /** One player's result, under a match of its own. */
  reportAlone<K extends keyof E & string>(match: Match<E>, event: K, player: MatchPlayer<E>, payload: unknown): void {
    this.#report(match, event, { player, payload: payload as PayloadOf<E[K]> });
  }

  /** The running round, as it ends. */
  #running(): EndedRound<E> {
    const { rounds, streaks } = this.#parts;
    const roster = this.#parts.roster();
    if (!roster) throw new Error("the plugin is not in a room: put it into definePlugins([...])");
    const { match, tallies } = rounds;
    return endedRound({ match, tallies, roster, streaks, hasGuests: this.#parts.guests() !== undefined });
  }

  #tellUnverified(event: string): void {
    const unverified = this.#parts.guests() ? 0 : (this.#parts.roster()?.unverified() ?? 0);
    if (unverified > 0) this.#parts.leftOut(event, unverified);
  }

  /** The answers, asked for one after the other; none of a player who is left out. */
  *#askAll<K extends keyof E & string>(
    event: K,
    round: EndedRound<E>,
    payloadFor: PayloadFor<E, K>,
  ): Iterable<Answer<E, K>> {
    for (const player of round.players()) {
      try {
        const payload = payloadFor(player);
        if (payload === undefined || payload === null) continue;
        if (isPromise(payload))
          throw new Error("the function given to endMatch returned a promise: await before endMatch");
        yield { player, payload };
      } catch (error) {
        yield { player, refused: this.#parts.refuse(event, wordsOf(error), player.userId) };
      }
    }
  }

  /** No receipt for a guest, whose result is kept. */
  #report<K extends keyof E & string>(
    match: Match<E>,
    event: K,
    { player, payload, refused }: Answer<E, K>,
  ): Receipt | undefined {
    if (payload === undefined) return refused;
    try {
      // A round ends once for a player, also where the event itself may occur often.
      const more = (this.#parts.events[event]?.occurs === "each" ? [{ id: "match-end" }] : []) as OccurrenceOf<E[K]>;
      if (player.guest) return void this.keepForGuest(player.sessionId, event, payload, more);
      const receipt = match.report(player.userId, event, payload, ...more);
      this.#parts.streaks.reported(player.userId, match.id, event, payload, receipt);
      return receipt;
    } catch (error) {
      return this.#parts.refuse(event, wordsOf(error), player.userId);
    }
  }
}
