import { checkCatalogue } from "../catalogue/check-catalogue.ts";
import type { Achievements, Leaderboards } from "../catalogue/definitions.ts";
import type { Events, Occurs } from "../catalogue/events.ts";
import { nearNames } from "../catalogue/near-names.ts";
import type { StandardSchema } from "../catalogue/standard-schema.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import { KitRule, type Predicate, type RuleSpec } from "./kit-rule.ts";
import { makeKit } from "./make-kit.ts";
import type { QuestlineDefinition } from "./rule-book.ts";
import { mayWait } from "./urgency.ts";

export interface CompiledRule {
  readonly id: string;
  readonly spec: RuleSpec;
  readonly predicates: readonly Predicate[];
  /** Its results may wait for the window, to be gathered with others. */
  readonly mayWait: boolean;
  /** An unlock of its target does not absorb counts. */
  readonly keepsCounting: boolean;
}

export interface CompiledEvent {
  readonly name: string;
  readonly occurs: Occurs;
  readonly schema: StandardSchema | undefined;
  readonly rules: readonly CompiledRule[];
}

/** Every event of a catalogue with its rules, in the order of the rule book. */
export type CompiledRules = ReadonlyMap<string, CompiledEvent>;

/**
 * Checks the catalogue, asks each event's function for its rules and checks those. Throws `bad_input` for a wrong
 * definition, an unknown name, a kind that does not fit its target, and two rules of one id.
 */
export function compileRules<E extends Events, A extends Achievements, L extends Leaderboards>(
  definition: QuestlineDefinition<E, A, L>,
): CompiledRules {
  checkCatalogue(definition);
  const { events, achievements, leaderboards = {} } = definition;
  const book = checkedBook(definition.rules, Object.keys(events));
  const places = new Map<string, string>();
  const compiled = new Map<string, CompiledEvent>();
  for (const [name, { occurs, schema }] of Object.entries<Events[string]>(events)) {
    const rules = (book[name] === undefined ? [] : rulesOf(name, book[name], achievements, leaderboards)).map(
      (rule) => {
        refuseEqualIds(rule, places);
        return compileRule(rule, occurs, achievements);
      },
    );
    compiled.set(name, { name, occurs, schema, rules });
  }
  return compiled;
}

function checkedBook(rules: unknown, events: readonly string[]): Readonly<Record<string, unknown>> {
  if (rules === undefined) return {};
  if (typeof rules !== "object" || rules === null || Array.isArray(rules)) {
    throw refused(`\`rules\` must be an object of functions by event name, not ${shownValue(rules)}.`);
  }
  const book: Record<string, unknown> = Object.assign(Object.create(null), rules);
  for (const name of Object.keys(book)) {
    if (!events.includes(name)) {
      throw refused(`Rules for ${shownValue(name)}: there is no such event. ${nearNames(name, events)}`);
    }
  }
  return book;
}

function rulesOf(
  event: string,
  make: unknown,
  achievements: Achievements,
  leaderboards: Leaderboards,
): readonly KitRule[] {
  const place = `The rules of event ${shownValue(event)}`;
  if (typeof make !== "function") throw refused(`${place} must be a function of the kit, not ${shownValue(make)}.`);
  const made: unknown = make(makeKit(event, achievements, leaderboards));
  if (!Array.isArray(made)) throw refused(`${place} must be answered as an array, not as ${shownValue(made)}.`);
  return made.map((rule: unknown, index) => {
    if (rule instanceof KitRule && rule.event === event) return rule;
    const found = rule instanceof KitRule ? `made by the kit of event ${shownValue(rule.event)}` : shownValue(rule);
    throw refused(`${place}: entry ${index + 1} is ${found}; make it with this event's kit.`);
  });
}

function refuseEqualIds(rule: KitRule, places: Map<string, string>): void {
  const place = `${rule.kind}(${JSON.stringify(rule.target)}) of event ${JSON.stringify(rule.event)}`;
  const other = places.get(rule.id);
  if (other !== undefined) {
    throw refused(
      `Two rules have the id ${JSON.stringify(rule.id)}: ${other}, and ${place}. Give one of them an id of its own with .named("…").`,
    );
  }
  places.set(rule.id, place);
}

function compileRule(rule: KitRule, occurs: Occurs, achievements: Achievements): CompiledRule {
  const { id, spec, predicates, target } = rule;
  const definition =
    spec.kind !== "submitScore" && Object.hasOwn(achievements, target) ? achievements[target] : undefined;
  const keepsCounting = definition?.type === "count" && definition.continueAfterUnlock === true;
  const force = spec.kind === "submitScore" && spec.force;
  return { id, spec, predicates, keepsCounting, mayWait: mayWait(occurs, spec.kind, force) };
}

function refused(message: string): QuestlineError {
  return new QuestlineError("bad_input", message);
}
