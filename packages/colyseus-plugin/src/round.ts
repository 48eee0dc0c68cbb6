import { isPromise } from "./is-promise.ts";
import { guarded, warn } from "./log.ts";
import { afterThisTurn } from "./runtime/clock.ts";

/** A match id for the room's first round, or a function asked at the start of every round. */
export type MatchIdOption = string | (() => string);

/** What ends a round once: receipts of the last end, as long as nothing was played since. */
interface Ended {
  readonly event: string;
  readonly receipts: unknown;
}

/**
 * The running round: its match id, made at first use, and the end of the round before.
 *
 * `endMatch` begins the next round, so a second call would report a round nobody played. The same event ended again
 * within the same turn of the event loop, with no report in between, is the same end: its receipts are given again.
 */
export class Round {
  readonly #mint: () => string;
  #given: MatchIdOption | undefined;
  #id: string | undefined;
  #previousId: string | undefined;
  #ended: Ended | undefined;

  constructor(given: MatchIdOption | undefined, mint: () => string) {
    this.#given = given;
    this.#mint = mint;
  }

  get id(): string {
    return (this.#id ??= this.#nextId());
  }

  /** The next round, with this id if one is given. */
  begin(id?: string): void {
    this.#previousId = this.#id ?? this.#previousId;
    this.#id = isMatchId(id) ? id : undefined;
    if (typeof this.#given === "string" && this.#previousId !== undefined) this.#given = undefined;
    this.#ended = undefined;
  }

  /** Something was reported: the round is being played. */
  played(): void {
    this.#ended = undefined;
  }

  /** Receipts of this very end, if it comes twice. */
  endedAs<T>(event: string): T | undefined {
    return this.#ended?.event === event ? (this.#ended.receipts as T) : undefined;
  }

  ended(event: string, receipts: unknown): void {
    this.begin();
    const ended = { event, receipts };
    this.#ended = ended;
    afterThisTurn(() => {
      if (this.#ended === ended) this.#ended = undefined;
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
