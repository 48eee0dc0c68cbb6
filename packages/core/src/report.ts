import type { CompiledEvent, CompiledRules } from "./rules/compile-rules.ts";
import { fire } from "./rules/fire.ts";
import type { FiringRule } from "./rules/fire.ts";
import { payloadDigest } from "./rules/payload-digest.ts";
import { nameProblem } from "./catalogue/check-catalogue.ts";
import type { Counters } from "./delivery/counters.ts";
import type { Outbox } from "./delivery/outbox.ts";
import { asUserId, shownValue } from "./ids/ids.ts";
import { laneKeyFor } from "./intent/intent.ts";
import { valueOf } from "./intent/lane-value.ts";
import type { Durable, Receipt, RuleResult } from "./questline.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Logger } from "./runtime/log.ts";
import type { Acceptance, Firing } from "./store/lane-store.ts";

/** What reporting works with. */
export interface ReportParts {
  readonly app: string;
  readonly rules: CompiledRules;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: Counters;
  readonly windowMs: number;
  /** Resolves when the store is open. */
  readonly ready: Promise<void>;
  readonly isClosed: () => boolean;
}

interface Reported {
  readonly match: unknown;
  readonly user: unknown;
  readonly event: string;
  readonly payload: unknown;
  readonly occurrence: unknown;
}

const LONGEST_MATCH_ID = 200;

/** Fires the event's rules and hands what they want to the outbox. Never throws; a misuse shows in the receipt. */
export function report(reported: Reported, parts: ReportParts): Receipt {
  parts.counters.events += 1;
  const problem = problemOf(reported, parts);
  if (problem !== undefined) return refuse(problem, reported, parts);
  const fired = fire(parts.rules, reported.event, reported.payload);
  if (fired.status === "refused") return refuse(fired.reason, reported, parts);

  const firing: FiringRule[] = [];
  const mistakes: RuleResult[] = [];
  for (const finding of fired.findings) {
    if (finding.fires) firing.push(finding);
    else if (finding.why === "invalid") {
      mistakes.push({ rule: finding.rule, target: finding.target, status: "refused", detail: finding.message });
      parts.logger.warn({ event: fired.event, rule: finding.rule }, `A rule could not be used: ${finding.message}.`);
    }
  }
  if (firing.length === 0 && mistakes.length > 0) {
    return refuse(
      mistakes.map((mistake) => `${mistake.rule}: ${mistake.detail}`).join("; "),
      reported,
      parts,
      mistakes,
    );
  }
  return new OpenReceipt({
    user: String(reported.user),
    firing,
    mistakes,
    accepted: accept(firing, reported, parts),
    parts,
  });
}

function problemOf({ match, user, occurrence }: Reported, parts: ReportParts): string | undefined {
  if (parts.isClosed()) return "Questline is closed; report before close().";
  const matchProblem = typeof match === "string" ? nameProblem(match, LONGEST_MATCH_ID) : "is not text";
  if (matchProblem !== undefined)
    return `The match id ${shownValue(match)} ${matchProblem}; mint one with newMatchId().`;
  if (asUserId(user) === undefined) {
    return `The user id must be the app-scoped id as decimal text, such as "10100000000000001"; got ${shownValue(user)}.`;
  }
  if (occurrence === undefined) return undefined;
  const occurrenceProblem = typeof occurrence === "string" ? nameProblem(occurrence, LONGEST_MATCH_ID) : "is not text";
  return occurrenceProblem === undefined
    ? undefined
    : `The occurrence id ${shownValue(occurrence)} ${occurrenceProblem}.`;
}

async function accept(firing: readonly FiringRule[], reported: Reported, parts: ReportParts): Promise<Accepted> {
  if (firing.length === 0) return { status: "accepted", acceptances: [] };
  const { app, clock, windowMs, counters } = parts;
  const at = clock.now();
  const { user, match, event, occurrence } = reported as {
    user: string;
    match: string;
    event: string;
    occurrence?: string;
  };
  const once = onceOf(parts.rules.get(event), occurrence);
  const digest = once === undefined ? undefined : payloadDigest(reported.payload);
  const firings = firing.map((rule): Firing => ({
    key: laneKeyFor(app, user, rule.intent),
    value: valueOf(rule.intent, rule.keepsCounting),
    at,
    dueAt: rule.mayWait ? at + windowMs : at,
    ...(once === undefined ? {} : { once: { match, event, occurrence: once, rule: rule.rule } }),
    ...(digest === undefined ? {} : { digest }),
  }));
  try {
    await parts.ready;
    const taken = await parts.outbox.take(firings);
    if (taken.status === "taken") {
      return { status: tally(taken.firings, reported, counters, parts.logger), acceptances: taken.firings };
    }
    counters.refused += 1;
    parts.logger.error({ match, user, event }, `A report could not be kept: ${taken.reason}`);
    return { ...taken, acceptances: [] };
  } catch (error) {
    counters.refused += 1;
    const reason = error instanceof Error ? error.message : String(error);
    parts.logger.error({ match, user, event }, `A report could not be kept: ${reason}`);
    return { status: "refused", reason, acceptances: [] };
  }
}

/** An event that happens once per match has an empty occurrence; a recurring one without an id is never a repeat. */
function onceOf(event: CompiledEvent | undefined, occurrence: string | undefined): string | undefined {
  return event?.occurs === "once-per-match" ? "" : occurrence;
}

function tally(
  acceptances: readonly Acceptance[],
  { match, user, event }: Reported,
  counters: Counters,
  logger: Logger,
): "accepted" | "duplicate" {
  let duplicates = 0;
  let differs = false;
  for (const acceptance of acceptances) {
    if (acceptance.status === "duplicate") {
      duplicates += 1;
      differs ||= acceptance.digestDiffers;
      continue;
    }
    counters.intents += 1;
    if (acceptance.merged) counters.merged += 1;
  }
  counters.duplicates += duplicates;
  if (differs) logger.warn({ match, user, event }, "A repeated report says something else; the first one counted.");
  return duplicates === acceptances.length ? "duplicate" : "accepted";
}

function refuse(reason: string, reported: Reported, parts: ReportParts, mistakes: readonly RuleResult[] = []): Receipt {
  parts.counters.refused += 1;
  parts.logger.warn(
    { event: shownValue(reported.event), match: shownValue(reported.match) },
    `A report was refused: ${reason}`,
  );
  return refusedReceipt(reason, mistakes);
}

/** The receipt of a report that was not taken. */
function refusedReceipt(reason: string, mistakes: readonly RuleResult[] = []): Receipt {
  return {
    get durable() {
      return Promise.resolve<Durable>({ status: "refused", reason });
    },
    get settled() {
      return Promise.resolve(mistakes);
    },
  };
}

interface Accepted {
  readonly status: "accepted" | "duplicate" | "refused";
  readonly reason?: string;
  readonly acceptances: readonly Acceptance[];
}

class OpenReceipt implements Receipt {
  readonly #firing: readonly FiringRule[];
  readonly #mistakes: readonly RuleResult[];
  readonly #accepted: Promise<Accepted>;
  readonly #parts: ReportParts;
  #durable: Promise<Durable> | undefined;
  #settled: Promise<readonly RuleResult[]> | undefined;
  readonly #user: string;

  constructor(made: {
    readonly user: string;
    readonly firing: readonly FiringRule[];
    readonly mistakes: readonly RuleResult[];
    readonly accepted: Promise<Accepted>;
    readonly parts: ReportParts;
  }) {
    this.#user = made.user;
    this.#firing = made.firing;
    this.#mistakes = made.mistakes;
    this.#accepted = made.accepted;
    this.#parts = made.parts;
  }

  get durable(): Promise<Durable> {
    this.#durable ??= this.#accepted.then(({ status, reason = "" }) =>
      status === "refused" ? { status, reason } : { status },
    );
    return this.#durable;
  }

  get settled(): Promise<readonly RuleResult[]> {
    this.#settled ??= this.#settle();
    return this.#settled;
  }

  async #settle(): Promise<readonly RuleResult[]> {
    const { status, reason = "", acceptances } = await this.#accepted;
    const { outbox, app } = this.#parts;
    const results = this.#firing.map(async ({ rule, target, intent }, index): Promise<RuleResult> => {
      if (status === "refused") return { rule, target, status, detail: reason };
      const acceptance = acceptances[index];
      if (acceptance?.status !== "accepted") return { rule, target, status: "duplicate" };
      const end = await outbox.settled(laneKeyFor(app, this.#user, intent), acceptance.seq);
      return { rule, target, ...end };
    });
    return [...(await Promise.all(results)), ...this.#mistakes];
  }
}
