import { isPromise } from "./is-promise.ts";
import { guarded, warn } from "./log.ts";
import { afterThisTurn } from "./runtime/clock.ts";

/** A match id for the room's first round, or a function asked at the start of every round. */
export type MatchIdOption = string | (() => string);

/**
 * The running round: its match id, made at first use, and the round that has just ended.
 *
 * An end begins the next round, so a second one would report a round nobody played. Within the same turn of the event
 * loop, with no report in between, it is one more end of the same round.
 */
export class Round<Ended> {
  readonly #mint: () => string;
  #given: MatchIdOption | undefined;
  #id: string | undefined;
  #previousId: string | undefined;
  #justEnded: Ended | undefined;

  constructor(given: MatchIdOption | undefined, mint: () => string) {
    this.#given = given;
    this.#mint = mint;
  }

  get id(): string {
    return (this.#id ??= this.#nextId());
  }

  /** The round that ended in this turn, as long as nothing was played since. */
  get justEnded(): Ended | undefined {
    return this.#justEnded;
  }

  /** The next round, with this id if one is given. */
  begin(id?: string): void {
    this.#previousId = this.#id ?? this.#previousId;
    this.#id = isMatchId(id) ? id : undefined;
    if (typeof this.#given === "string" && this.#previousId !== undefined) this.#given = undefined;
    this.#justEnded = undefined;
  }

  /** Something was reported: the round is being played. */
  played(): void {
    this.#justEnded = undefined;
  }

  /** The round is over: what is left of it, for this turn. */
  ended(ended: Ended): void {
    this.begin();
    this.#justEnded = ended;
    afterThisTurn(() => {
      if (this.#justEnded === ended) this.#justEnded = undefined;
    });
  }

  #nextId(): string {
    const given = this.#given;
    if (given === undefined) return this.#mint();
    const id = typeof given === "function" ? guarded("matchId", given) : given;
    if (!isMatchId(id)) {
      warn("matchId must be non-empty text; a fresh id is used", { got: isPromise(id) ? "a promise" : typeof id });
      return this.#mint();
    }
    if (id === this.#previousId)
      warn("matchId gave the same id again: results of the last round count as repeated", { matchId: id });
    return id;
  }
}

function isMatchId(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
