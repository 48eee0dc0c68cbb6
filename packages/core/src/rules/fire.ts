import { nearNames } from "../catalogue/near-names.ts";
import { shownValue } from "../ids/ids.ts";
import type { Intent } from "../intent/intent.ts";
import type { CompiledRule, CompiledRules } from "./compile-rules.ts";
import type { RuleSpec } from "./kit-rule.ts";
import { isPromise } from "./promise-answer.ts";
import { readBits, readCount, readExtra, type Reading, readScore } from "./read-amount.ts";
import { readPayload } from "./read-payload.ts";
import { thrownText } from "./thrown-text.ts";

/** What an event's rules made of a payload; refused as a whole where no rule could be asked. */
export type FiredEvent =
  | { readonly status: "fired"; readonly event: string; readonly findings: readonly RuleFinding[] }
  | { readonly status: "refused"; readonly event: string; readonly reason: string };

export type RuleFinding = FiringRule | QuietRule;

export interface FiringRule {
  readonly rule: string;
  readonly target: string;
  readonly fires: true;
  readonly intent: Intent;
  /** It may wait for the window, to be gathered with others. */
  readonly mayWait: boolean;
  /** An unlock does not absorb the count: what `valueOf` wants to know. */
  readonly keepsCounting: boolean;
}

export interface QuietRule {
  readonly rule: string;
  readonly target: string;
  readonly fires: false;
  /** `predicate`: a `when` said no. `nothing`: no count and no bits to add. `invalid`: a mistake; it is logged. */
  readonly why: "predicate" | "nothing" | "invalid";
  readonly message: string;
}

/** Asks each rule of the event. Pure but for the game's own functions; never throws, whatever they do. */
export function fire(rules: CompiledRules, event: string, payload: unknown): FiredEvent {
  const compiled = rules.get(event);
  if (compiled === undefined) {
    return {
      status: "refused",
      event,
      reason: `There is no event ${shownValue(event)}. ${nearNames(typeof event === "string" ? event : "", [...rules.keys()])}`,
    };
  }
  const read = readPayload(compiled.schema, payload);
  if ("problem" in read) return { status: "refused", event, reason: `Event ${shownValue(event)}: ${read.problem}.` };
  return { status: "fired", event, findings: compiled.rules.map((rule) => fireRule(rule, read.value)) };
}

function fireRule(compiled: CompiledRule, payload: unknown): RuleFinding {
  const { id: rule, spec, mayWait, keepsCounting } = compiled;
  const quiet = (why: QuietRule["why"], message: string): QuietRule => ({
    rule,
    target: spec.target,
    fires: false,
    why,
    message,
  });
  let asking = "its when()";
  try {
    for (const predicate of compiled.predicates) {
      const answer = predicate(payload);
      if (isPromise(answer)) return quiet("invalid", "its when() is asynchronous; rules answer at once");
      if (!answer) return quiet("predicate", "its when() says no");
    }
    asking = `the function given to ${spec.kind}()`;
    const read = readIntent(spec, payload);
    if ("problem" in read) return quiet("invalid", read.problem);
    if (read.value === undefined)
      return quiet("nothing", spec.kind === "addBits" ? "there are no bits to set" : "there is nothing to add");
    return { rule, target: spec.target, fires: true, intent: read.value, mayWait, keepsCounting };
  } catch (error) {
    return quiet("invalid", `${asking} threw: ${thrownText(error)}`);
  }
}

/** The intent, undefined where there is nothing to do. */
function readIntent(spec: RuleSpec, payload: unknown): Reading<Intent | undefined> {
  const { target } = spec;
  switch (spec.kind) {
    case "unlock":
      return { value: { kind: "unlock", target } };
    case "addCount": {
      const read = readCount(answered(spec.n, payload));
      if ("problem" in read) return read;
      return { value: read.value === 0n ? undefined : { kind: "addCount", target, n: read.value } };
    }
    case "addBits": {
      const read = readBits(answered(spec.bits, payload), spec.length);
      if ("problem" in read) return read;
      return {
        value: read.value === 0n ? undefined : { kind: "addBits", target, bits: read.value, length: spec.length },
      };
    }
    case "submitScore": {
      const score = readScore(answered(spec.score, payload), spec.negativeScores);
      if ("problem" in score) return score;
      const extra = readExtra(answered(spec.extra, payload));
      if ("problem" in extra) return extra;
      const entry = extra.value === undefined ? { score: score.value } : { score: score.value, extra: extra.value };
      return { value: { kind: "submitScore", target, entry, force: spec.force } };
    }
  }
}

/** A constant as it is, a function's answer otherwise. */
function answered(source: unknown, payload: unknown): unknown {
  return typeof source === "function" ? source(payload) : source;
}
