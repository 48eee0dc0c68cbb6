import type { IntentKind } from "../intent/intent.ts";

// Names are spelt as `keyof` in the signatures, not behind an alias: the compiler then lists them in its error.
type NamesOf<D, T> = { [N in keyof D]: D[N] extends T ? N : never }[keyof D] & string;
export type CountName<A> = NamesOf<A, { readonly type: "count" }>;
export type BitfieldName<A> = NamesOf<A, { readonly type: "bitfield" }>;

/** A pure function from an event's payload to at most one intent. Immutable: each call answers a new rule. */
export interface Rule<P> {
  /** `event/kind/target` unless named. Part of what makes a firing count once, so keep it across deploys. */
  readonly id: string;
  readonly kind: IntentKind;
  readonly target: string;
  /** Fires only where this says yes; several predicates must all say yes. */
  when(predicate: (event: P) => boolean): Rule<P>;
  /** Its own id; needed where two rules of an event share kind and target. Throws `bad_input` for an unusable id. */
  named(id: string): Rule<P>;
}

export interface ScoreOptions<P> {
  /** Travels beside the score: at most 2048 bytes; a string travels as UTF-8. Undefined or empty: none. */
  readonly extra?: (event: P) => Uint8Array | string | undefined;
  /** Replaces what stands there even when it is better. Default false. */
  readonly force?: boolean;
}

/** Makes the rules of one event. Names and kinds are checked by the compiler, and again when the rules are compiled. */
export interface RuleKit<P, A, L> {
  unlock(achievement: keyof A & string): Rule<P>;
  /** Adds a whole number of at least 0 (0 adds nothing: the rule does not fire). */
  addCount(achievement: CountName<A>, n: number | bigint | ((event: P) => number | bigint)): Rule<P>;
  /** Sets bits by position, 0 being the leftmost of the platform's text (none: the rule does not fire). */
  addBits(achievement: BitfieldName<A>, bits: readonly number[] | ((event: P) => readonly number[])): Rule<P>;
  /** A whole number of 64 bits. */
  submitScore(leaderboard: keyof L & string, score: (event: P) => number | bigint, options?: ScoreOptions<P>): Rule<P>;
}
