import { inspect } from "node:util";
import { bitText } from "../intent/bit-text.ts";
import type { Intent } from "../intent/intent.ts";
import type { CompiledRules } from "./compile-rules.ts";
import { fire, type RuleFinding } from "./fire.ts";

/** Which rules fire for a payload and which do not, and why: JSON-safe, and readable when printed. */
export interface Explanation {
  readonly event: string;
  /** Why no rule was even asked: an unknown event, or a payload its schema refuses. */
  readonly problem?: string;
  readonly rules: readonly ExplainedRule[];
}

export interface ExplainedRule {
  readonly rule: string;
  readonly target: string;
  readonly fires: boolean;
  /** One sentence. */
  readonly why: string;
  readonly intent?: ExplainedIntent;
}

/** An intent as JSON: counts and scores as decimal text, bits as the platform's text. */
export type ExplainedIntent =
  | { readonly kind: "unlock"; readonly target: string }
  | { readonly kind: "addCount"; readonly target: string; readonly n: string }
  | { readonly kind: "addBits"; readonly target: string; readonly bits: string }
  | {
      readonly kind: "submitScore";
      readonly target: string;
      readonly score: string;
      readonly extra?: string;
      readonly force: boolean;
    };

/** Fires the rules without sending anything. Never throws. */
export function explain(rules: CompiledRules, event: string, payload: unknown): Explanation {
  const fired = fire(rules, event, payload);
  if (fired.status === "refused") return printable({ event: fired.event, problem: fired.reason, rules: [] });
  return printable({ event: fired.event, rules: fired.findings.map(explainRule) });
}

function explainRule(finding: RuleFinding): ExplainedRule {
  const { rule, target, fires } = finding;
  if (!finding.fires) return { rule, target, fires, why: finding.message };
  const intent = explainIntent(finding.intent);
  return {
    rule,
    target,
    fires,
    why: `${wish(intent)}; ${finding.mayWait ? "may wait for the window" : "due at once"}`,
    intent,
  };
}

function explainIntent(intent: Intent): ExplainedIntent {
  const { target } = intent;
  switch (intent.kind) {
    case "unlock":
      return { kind: "unlock", target };
    case "addCount":
      return { kind: "addCount", target, n: String(intent.n) };
    case "addBits":
      return { kind: "addBits", target, bits: bitText(intent.bits, intent.length) };
    case "submitScore": {
      const { entry, force } = intent;
      const extra = entry.extra === undefined ? {} : { extra: entry.extra };
      return { kind: "submitScore", target, score: String(entry.score), ...extra, force };
    }
  }
}

function wish(intent: ExplainedIntent): string {
  switch (intent.kind) {
    case "unlock":
      return "unlocks it";
    case "addCount":
      return `adds ${intent.n}`;
    case "addBits":
      return `sets bits ${intent.bits}`;
    case "submitScore":
      return `submits ${intent.score}${intent.force ? ", whatever stands there" : ", if it is better"}`;
  }
}

/** Prints as lines; as JSON and to comparisons it is the plain data. */
function printable(explanation: Explanation): Explanation {
  const text = (): string => explanationText(explanation);
  return Object.defineProperties(explanation, {
    toString: { value: text },
    [inspect.custom]: { value: text },
  });
}

function explanationText({ event, problem, rules }: Explanation): string {
  if (problem !== undefined) return problem;
  if (rules.length === 0) return `${event}: it has no rules`;
  const lines = rules.map(({ rule, fires, why }) => `  ${fires ? "fires" : "quiet"}  ${rule}: ${why}`);
  return [`${event}:`, ...lines].join("\n");
}
