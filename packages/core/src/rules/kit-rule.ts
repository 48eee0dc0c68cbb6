import { nameProblem } from "../catalogue/check-catalogue.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import type { Rule } from "./rule-kit.ts";

type From<T> = (payload: unknown) => T;

/** What a rule wants, before a payload gives it numbers. What functions answer is checked when they do. */
export type RuleSpec =
  | { readonly kind: "unlock"; readonly target: string }
  | { readonly kind: "addCount"; readonly target: string; readonly n: unknown }
  | { readonly kind: "addBits"; readonly target: string; readonly bits: unknown; readonly length: number }
  | {
      readonly kind: "submitScore";
      readonly target: string;
      readonly score: From<unknown>;
      readonly extra: From<unknown> | undefined;
      readonly force: boolean;
      readonly negativeScores: boolean;
    };

export type Predicate = From<unknown>;

const LONGEST_RULE_ID = 320;

/** A rule as a kit makes it. */
export class KitRule implements Rule<unknown> {
  readonly #event: string;
  readonly #spec: RuleSpec;
  readonly #predicates: readonly Predicate[];
  readonly #name: string | undefined;

  constructor(event: string, spec: RuleSpec, predicates: readonly Predicate[] = [], name?: string) {
    this.#event = event;
    this.#spec = spec;
    this.#predicates = predicates;
    this.#name = name;
  }

  get id(): string {
    return this.#name ?? `${this.#event}/${this.#spec.kind}/${this.#spec.target}`;
  }

  get kind(): RuleSpec["kind"] {
    return this.#spec.kind;
  }

  get target(): string {
    return this.#spec.target;
  }

  get event(): string {
    return this.#event;
  }

  get spec(): RuleSpec {
    return this.#spec;
  }

  get predicates(): readonly Predicate[] {
    return this.#predicates;
  }

  when(predicate: Predicate): KitRule {
    if (typeof predicate !== "function") {
      throw new QuestlineError(
        "bad_input",
        `Rule ${shownValue(this.id)}: when() takes a function of the payload, not ${shownValue(predicate)}.`,
      );
    }
    return new KitRule(this.#event, this.#spec, [...this.#predicates, predicate], this.#name);
  }

  named(id: string): KitRule {
    const problem = typeof id === "string" ? nameProblem(id, LONGEST_RULE_ID) : "must be text";
    if (problem !== undefined) {
      throw new QuestlineError(
        "bad_input",
        `Rule ${shownValue(this.id)}: the id ${shownValue(id)} given to named() ${problem}.`,
      );
    }
    return new KitRule(this.#event, this.#spec, this.#predicates, id);
  }
}
