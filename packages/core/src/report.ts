import type { CompiledEvent, CompiledRules } from "./rules/compile-rules.ts";
import { fire } from "./rules/fire.ts";
import type { FiringRule } from "./rules/fire.ts";
import { payloadDigest } from "./rules/payload-digest.ts";
import { nameProblem } from "./catalogue/check-catalogue.ts";
import type { Counters } from "./delivery/counters.ts";
import type { Taken } from "./delivery/intake.ts";
import type { Delivery } from "./delivery/outbox.ts";
import { asUserId, shownId, shownValue } from "./ids/ids.ts";
import { laneKeyFor } from "./intent/intent.ts";
import { valueOf } from "./intent/lane-value.ts";
import type { Durable, Receipt, RuleResult } from "./questline.ts";
import type { RefusalLog } from "./refusal-log.ts";
import type { Clock } from "./runtime/clock.ts";
import { holdProcess } from "./runtime/hold.ts";
import type { Logger } from "./runtime/log.ts";
import type { Acceptance, Firing } from "./store/lane-store.ts";

/** What reporting works with. */
export interface ReportParts {
  readonly app: string;
  readonly rules: CompiledRules;
  readonly outbox: Pick<Delivery, "take" | "settled">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly refusals: RefusalLog;
  readonly counters: Counters;
  readonly windowMs: number;
  /** Why no report is taken any more. */
  readonly closed: () => string | undefined;
}

interface Reported {
  readonly match: unknown;
  readonly user: unknown;
  readonly event: string;
  readonly payload: unknown;
  readonly occurrence: unknown;
}

/** After `problemOf` found nothing. */
interface Checked {
  readonly match: string;
  readonly user: string;
  readonly event: string;
  readonly payload: unknown;
  readonly occurrence: string | undefined;
}

const LONGEST_MATCH_ID = 200;
const NOTHING_TO_KEEP: Taken = { status: "taken", firings: [] };

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
  const receipt = new OpenReceipt({ reported: reported as Checked, firing, mistakes, parts });
  if (firing.length === 0) receipt.told(NOTHING_TO_KEEP);
  else parts.outbox.take(firingsOf(firing, reported as Checked, parts), (taken) => receipt.told(taken));
  return receipt;
}

function problemOf({ match, user, occurrence }: Reported, parts: ReportParts): string | undefined {
  const closed = parts.closed();
  if (closed !== undefined) return closed;
  const matchProblem = typeof match === "string" ? nameProblem(match, LONGEST_MATCH_ID) : "is not text";
  if (matchProblem !== undefined)
    return `The match id ${shownValue(match)} ${matchProblem}; mint one with newMatchId().`;
  if (asUserId(user) === undefined) {
    return `The user id must be the app-scoped id as decimal text, such as "10100000000000001"; got ${shownId(user)}.`;
  }
  if (occurrence === undefined) return undefined;
  const occurrenceProblem = typeof occurrence === "string" ? nameProblem(occurrence, LONGEST_MATCH_ID) : "is not text";
  return occurrenceProblem === undefined
    ? undefined
    : `The occurrence id ${shownValue(occurrence)} ${occurrenceProblem}.`;
}

/** Written out without spreads: every report of every room passes here. */
function firingsOf(rules: readonly FiringRule[], reported: Checked, parts: ReportParts): readonly Firing[] {
  const { app, clock, windowMs } = parts;
  const { user, match, event, payload } = reported;
  const at = clock.now();
  const occurrence = onceOf(parts.rules.get(event), reported.occurrence);
  const digest = occurrence === undefined ? "" : payloadDigest(payload);
  return rules.map(({ rule, intent, keepsCounting, mayWait }): Firing => {
    const key = laneKeyFor(app, user, intent);
    const value = valueOf(intent, keepsCounting);
    const dueAt = mayWait ? at + windowMs : at;
    if (occurrence === undefined) return { key, value, at, dueAt };
    return { key, value, at, dueAt, once: { match, event, occurrence, rule }, digest };
  });
}

/** An event that happens once per match has an empty occurrence; a recurring one without an id is never a repeat. */
function onceOf(event: CompiledEvent | undefined, occurrence: string | undefined): string | undefined {
  return event?.occurs === "once-per-match" ? "" : occurrence;
}

/** Counts what became of a report, and says it. */
function acceptedOf(taken: Taken, counters: Counters): Accepted {
  if (taken.status === "refused") {
    counters.refused += 1;
    return { ...taken, acceptances: [] };
  }
  const acceptances = taken.firings;
  let duplicates = 0;
  for (const acceptance of acceptances) {
    if (acceptance.status === "duplicate") duplicates += 1;
    else if (acceptance.merged) counters.merged += 1;
  }
  counters.duplicates += duplicates;
  counters.intents += acceptances.length - duplicates;
  return { status: duplicates > 0 && duplicates === acceptances.length ? "duplicate" : "accepted", acceptances };
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

/** Learns once what became of its report, and makes promises of it only for those who ask. */
class OpenReceipt implements Receipt {
  readonly #reported: Checked;
  readonly #firing: readonly FiringRule[];
  readonly #mistakes: readonly RuleResult[];
  readonly #parts: ReportParts;
  #accepted: Accepted | undefined;
  #asked: ((accepted: Accepted) => void)[] | undefined;
  #durable: Promise<Durable> | undefined;
  #settled: Promise<readonly RuleResult[]> | undefined;

  constructor(made: {
    readonly reported: Checked;
    readonly firing: readonly FiringRule[];
    readonly mistakes: readonly RuleResult[];
    readonly parts: ReportParts;
  }) {
    this.#reported = made.reported;
    this.#firing = made.firing;
    this.#mistakes = made.mistakes;
    this.#parts = made.parts;
  }

  /** Called once, by the outbox. */
  told(taken: Taken): void {
    const { counters, logger, refusals } = this.#parts;
    const accepted = acceptedOf(taken, counters);
    this.#accepted = accepted;
    for (const resolve of this.#asked ?? []) resolve(accepted);
    this.#asked = undefined;
    const { match, user, event } = this.#reported;
    if (taken.status === "refused") return refusals.refused(taken.reason, { match, user, event });
    if (taken.firings.length > 0) refusals.kept();
    if (taken.firings.some((acceptance) => acceptance.status === "duplicate" && acceptance.digestDiffers)) {
      logger.warn({ match, user, event }, "A repeated report says something else; the first one counted.");
    }
  }

  get durable(): Promise<Durable> {
    this.#durable ??= this.#whenTold().then(({ status, reason = "" }) =>
      status === "refused" ? { status, reason } : { status },
    );
    return this.#durable;
  }

  /** Whoever asks waits for it: the process stays until it is known, as it does for `durable`. */
  get settled(): Promise<readonly RuleResult[]> {
    if (this.#settled === undefined) {
      const release = holdProcess();
      this.#settled = this.#settle().finally(release);
    }
    return this.#settled;
  }

  #whenTold(): Promise<Accepted> {
    if (this.#accepted !== undefined) return Promise.resolve(this.#accepted);
    return new Promise((resolve) => (this.#asked ??= []).push(resolve));
  }

  async #settle(): Promise<readonly RuleResult[]> {
    const { status, reason = "", acceptances } = await this.#whenTold();
    const { outbox, app } = this.#parts;
    const { user } = this.#reported;
    const results = this.#firing.map(async ({ rule, target, intent }, index): Promise<RuleResult> => {
      if (status === "refused") return { rule, target, status, detail: reason };
      const acceptance = acceptances[index];
      if (acceptance?.status !== "accepted") return { rule, target, status: "duplicate" };
      const end = await outbox.settled(laneKeyFor(app, user, intent), acceptance.seq);
      return { rule, target, ...end };
    });
    return [...(await Promise.all(results)), ...this.#mistakes];
  }
}
