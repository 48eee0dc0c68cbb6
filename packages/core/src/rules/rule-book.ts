import type { Catalog } from "../catalogue/catalog.ts";
import type { Achievements, Leaderboards } from "../catalogue/definitions.ts";
import type { Events, PayloadOf } from "../catalogue/events.ts";
import type { Rule, RuleKit } from "./rule-kit.ts";

/** The rules of each event, made with the kit that is handed in. */
export type RuleBook<E, A, L> = {
  readonly [K in keyof E]?: (kit: RuleKit<PayloadOf<E[K]>, A, L>) => readonly Rule<PayloadOf<E[K]>>[];
};

/** The rule book that fits a catalogue, for rules in a file of their own. */
export type RuleBookOf<C> = C extends Catalog<infer E, infer A, infer L> ? RuleBook<E, A, L> : never;

/** What a game says about itself: names, and which event leads to what. */
export interface QuestlineDefinition<E extends Events, A extends Achievements, L extends Leaderboards> {
  /** Made with `oncePerMatch()` and `each()`. */
  readonly events: E;
  /** By the platform's API name; made with `simple()`, `count()` and `bitfield()`. */
  readonly achievements: A;
  /** By the platform's API name; made with `board()`. Default: none. */
  readonly leaderboards?: L;
  /** Default: none, so that nothing is ever sent. */
  readonly rules?: RuleBook<NoInfer<E>, NoInfer<A>, NoInfer<L>>;
}
