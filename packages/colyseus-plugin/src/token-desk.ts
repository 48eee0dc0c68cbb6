import type { TokenWanted, Users } from "@questline/core";
import { warn, wordsOf } from "./log.ts";
import { TOKEN, type TokenAsked } from "./messages.ts";
import { RateGate } from "./rate-gate.ts";
import { isRefusal } from "./refuse-join.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Seat } from "./seat.ts";

/** Between two asks of one player who does not answer. */
export const ASK_EVERY_MS = 10_000;
/** Between an answer, accepted or not to be verified now, and the next ask: neither must make a tight loop. */
export const ASK_AFTER_ANSWER_MS = 1_000;
/** Refused answers in a row before a player's answers are ignored for a while. */
export const MOST_REFUSALS = 5;
export const IGNORE_FOR_MS = 60_000;
/** Answers of one player that are verified in a minute, good ones included: each costs requests to the platform. */
export const MOST_ANSWERS = 12;
/** Users remembered whose token is wanted while they are elsewhere. */
const MOST_REMEMBERED = 10_000;

type Reason = TokenWanted["reason"];

interface Ask {
  wanted: Reason | undefined;
  /** No ask before; monotonic ms. */
  quietUntil: number;
  timer: { cancel(): void } | undefined;
  /** Answers to be verified, one at a time. */
  readonly gate: RateGate;
  answering: boolean;
  refusals: number;
  /** That answers come too often was said. */
  warned: boolean;
  /** Answers are ignored until then; monotonic ms. */
  deafUntil: number;
}

/**
 * Asks players' connections for a fresh user token while one is wanted, and hands the answers on.
 *
 * A user is *unknown* until a token is wanted; *wanted* until one arrives. Wanted and present: asked at once, again every
 * `ASK_EVERY_MS`, and when the player joins or comes back. An answer is verified as that user's; a refused one is asked
 * for again at once, `MOST_REFUSALS` times, then answers are ignored for `IGNORE_FOR_MS`. Beyond
 * `MOST_ANSWERS` in a minute they are ignored, too. Tokens are never kept here.
 */
export class TokenDesk {
  readonly #users: Pick<Users, "provideToken">;
  readonly #seatsOf: (userId: string) => Iterable<Seat>;
  readonly #clock: Clock;
  readonly #asks = new Map<string, Ask>();

  constructor(users: Pick<Users, "provideToken">, seatsOf: (userId: string) => Iterable<Seat>, clock: Clock) {
    this.#users = users;
    this.#seatsOf = seatsOf;
    this.#clock = clock;
  }

  /** A token of this user is wanted. */
  want(userId: string, reason: Reason): void {
    const ask = this.#askFor(userId);
    ask.wanted = reason;
    this.#askSoon(userId, ask);
  }

  /** A good token of this user came another way: nothing is wanted. */
  arrived(userId: string): void {
    const ask = this.#asks.get(userId);
    if (ask) this.#satisfy(ask);
  }

  /** Nothing is asked of this user any more, and nothing of earlier asks is known. */
  forget(userId: string): void {
    const ask = this.#asks.get(userId);
    if (!ask) return;
    // An answer that is being verified may still come.
    ask.wanted = undefined;
    ask.timer?.cancel();
    ask.timer = undefined;
    this.#asks.delete(userId);
  }

  /** The user joined or came back here: a new connection, which no earlier ask has reached. */
  present(userId: string): void {
    const ask = this.#asks.get(userId);
    if (!ask?.wanted) return;
    ask.timer?.cancel();
    ask.timer = undefined;
    ask.quietUntil = ask.deafUntil;
    this.#askSoon(userId, ask);
  }

  /** The user has no seat here any more. */
  absent(userId: string): void {
    const ask = this.#asks.get(userId);
    if (!ask) return;
    ask.timer?.cancel();
    ask.timer = undefined;
  }

  /** A connection of this user sent a token. Never rejects. */
  async answer(userId: string, token: string): Promise<void> {
    const ask = this.#askFor(userId);
    if (ask.answering || this.#clock.monotonic() < ask.deafUntil) return;
    const late = await ask.gate.pass(() => this.#verify(userId, ask, token));
    if (late && !ask.warned) warn("a player sends tokens too often; those are ignored", { userId });
    if (late) ask.warned = true;
  }

  async #verify(userId: string, ask: Ask, token: string): Promise<void> {
    ask.answering = true;
    try {
      await this.#users.provideToken(userId, token);
      this.#satisfy(ask);
    } catch (error) {
      if (isRefusal(error)) this.#refuse(userId, ask);
      else this.#askAgain(userId, ask, wordsOf(error));
    } finally {
      ask.answering = false;
    }
  }

  /** A connection sent what cannot be a token. */
  unreadable(userId: string): void {
    const ask = this.#askFor(userId);
    if (!ask.answering && this.#clock.monotonic() >= ask.deafUntil) this.#refuse(userId, ask);
  }

  #satisfy(ask: Ask): void {
    ask.wanted = undefined;
    ask.refusals = 0;
    ask.timer?.cancel();
    ask.timer = undefined;
    ask.quietUntil = this.#clock.monotonic() + ASK_AFTER_ANSWER_MS;
  }

  #refuse(userId: string, ask: Ask): void {
    ask.refusals++;
    if (ask.refusals < MOST_REFUSALS) return this.#send(userId, "refused");
    ask.refusals = 0;
    ask.deafUntil = ask.quietUntil = this.#clock.monotonic() + IGNORE_FOR_MS;
    warn("a player's tokens were refused too often; ignored for a while", { userId, ms: IGNORE_FOR_MS });
    ask.timer?.cancel();
    ask.timer = undefined;
    if (ask.wanted) this.#askSoon(userId, ask);
  }

  /** The platform could not tell: the answer is gone, so the player is asked for another one soon. */
  #askAgain(userId: string, ask: Ask, error: string): void {
    warn("a fresh token could not be verified", { userId, error });
    ask.timer?.cancel();
    ask.timer = undefined;
    ask.quietUntil = this.#clock.monotonic() + ASK_AFTER_ANSWER_MS;
    this.#askSoon(userId, ask);
  }

  /** Asks now, or when the quiet time is over; asks again as long as nobody answers. */
  #askSoon(userId: string, ask: Ask): void {
    if (!ask.wanted || ask.timer || !this.#isHere(userId)) return;
    const wait = ask.quietUntil - this.#clock.monotonic();
    if (wait <= 0) {
      ask.quietUntil = this.#clock.monotonic() + ASK_EVERY_MS;
      this.#send(userId, ask.wanted);
    }
    ask.timer = this.#clock.after(Math.max(wait, 0) || ASK_EVERY_MS, () => {
      ask.timer = undefined;
      this.#askSoon(userId, ask);
    });
  }

  #send(userId: string, reason: TokenAsked["reason"]): void {
    for (const seat of this.#seatsOf(userId)) seat.send(TOKEN, { reason });
  }

  #isHere(userId: string): boolean {
    for (const _ of this.#seatsOf(userId)) return true;
    return false;
  }

  #askFor(userId: string): Ask {
    const known = this.#asks.get(userId);
    if (known) return known;
    const fresh: Ask = {
      wanted: undefined,
      quietUntil: 0,
      timer: undefined,
      gate: new RateGate({ mostPerMinute: MOST_ANSWERS, mostAtOnce: 1 }, this.#clock),
      answering: false,
      warned: false,
      refusals: 0,
      deafUntil: 0,
    };
    this.#asks.set(userId, fresh);
    if (this.#asks.size > MOST_REMEMBERED) this.#forgetOldest();
    return fresh;
  }

  #forgetOldest(): void {
    for (const [userId, ask] of this.#asks) {
      if (ask.timer || ask.answering) continue;
      this.#asks.delete(userId);
      return;
    }
  }
}
