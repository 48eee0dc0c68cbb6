import type { Events, Match } from "@questline/core";
import type { EndedRound } from "./ended-round.ts";
import { Round, type MatchIdOption } from "./round.ts";
import { Tallies } from "./tally.ts";

/**
 * The rounds of one room: the one that is played, with its match and its tallies, and the one that ends.
 *
 * While an end is reported, match and tallies are those of the round that ends: what the game's functions report then
 * belongs to it.
 */
export class RoomRounds<E extends Events> {
  readonly #round: Round<EndedRound<E>>;
  readonly #makeMatch: (id: string) => Match<E>;
  #match: Match<E> | undefined;
  #tallies = new Tallies();
  /** While its end is reported. */
  #ending: EndedRound<E> | undefined;

  constructor(matchId: MatchIdOption | undefined, mint: () => string, makeMatch: (id: string) => Match<E>) {
    this.#round = new Round(matchId, mint);
    this.#makeMatch = makeMatch;
  }

  get matchId(): string {
    return this.#ending?.match.id ?? this.#round.id;
  }

  get match(): Match<E> {
    return this.#ending?.match ?? (this.#match ??= this.#makeMatch(this.#round.id));
  }

  get tallies(): Tallies {
    return this.#ending?.tallies ?? this.#tallies;
  }

  /** The round that ends, or ended in this turn: another end now is one more of the same round. */
  get ended(): EndedRound<E> | undefined {
    return this.#ending ?? this.#round.justEnded;
  }

  /** Something is reported: the round is being played, unless it is its end that reports. */
  played(): void {
    if (!this.#ending) this.#round.played();
  }

  /** The next round, with this id if one is given; answers its match id. */
  begin(id?: string): string {
    this.#round.begin(id);
    this.#beginNext();
    return this.#round.id;
  }

  /**
   * Has one end of this round reported. The first of a round begins the next, unless `report` answers false: then it was no
   * end.
   */
  end(round: EndedRound<E>, report: () => boolean): boolean {
    const isFirst = this.ended === undefined;
    const outer = this.#ending;
    this.#ending = round;
    let isEnd = true;
    try {
      isEnd = report();
    } finally {
      this.#ending = outer;
    }
    if (!isFirst || !isEnd) return isEnd;
    this.#round.ended(round);
    this.#beginNext();
    return true;
  }

  /** Nothing is left of the round before. */
  #beginNext(): void {
    this.#match = undefined;
    this.#tallies = new Tallies();
  }
}
