import { addMonths, DAY_MS, dayOfMonth } from "../runtime/calendar.ts";
import type { Item, Plan, Price, Term, Trial } from "./catalogue.ts";

/** What `cancel_reason` 0 to 5 stand for, in the webhook's words; the mapping is assumed. */
export const CANCEL_REASONS: readonly string[] = [
  "OTHER",
  "PRICE_TOO_EXPENSIVE",
  "CONTENT_NOT_INTERESTING",
  "NOT_USING_ENOUGH",
  "PURCHASED_BY_MISTAKE",
  "TECHNICAL_ISSUES",
];

/** Ten years of granted extensions at most. */
export const MAX_EXTENSION_DAYS = 3_650;

const DAYS: Partial<Record<Term, number>> = { WEEKLY: 7, BIWEEKLY: 14 };
const MONTHS: Partial<Record<Term, number>> = { MONTHLY: 1, QUARTERLY: 3, SEMIANNUAL: 6, ANNUAL: 12 };

export interface PriceTerm {
  readonly term: Term;
  readonly price: Price;
}

/**
 * One user's subscription to one item; it keeps its id through expiry and restart.
 *
 * A period ends with a renewal, or, once cancelled, with expiry. Granted days move that moment but not the period's
 * end. During a trial the periods are the trial's terms; after its last term the plan's price holds.
 */
export class Subscription<User> {
  readonly id: string;
  readonly user: User;
  readonly item: Item;
  active = false;
  /** Milliseconds since the epoch of the last cancellation. */
  cancelledAt: number | undefined;
  /** Cancelled and not taken back: the next due moment is the end. */
  ending = false;
  periodStart = 0;
  periodEnd = 0;
  /** Days granted in all, for the ceiling. */
  extendedDays = 0;
  plan: Plan;
  #trial: Trial | undefined;
  #trialTermsLeft = 0;
  #extensionMs = 0;
  #anchorDay = 1;

  constructor(id: string, user: User, item: Item, plan: Plan) {
    this.id = id;
    this.user = user;
    this.item = item;
    this.plan = plan;
  }

  /** The trial of the current period. */
  get trial(): Trial | undefined {
    return this.#trial;
  }

  /** When it renews or ends: the period's end and the days granted in it. */
  get dueAt(): number {
    return this.periodEnd + this.#extensionMs;
  }

  get currentTerm(): PriceTerm {
    return this.#trial ?? this.plan;
  }

  get nextTerm(): PriceTerm {
    return this.#trialTermsLeft > 1 ? this.currentTerm : this.plan;
  }

  start(plan: Plan, trial: Trial | undefined, now: number): void {
    this.plan = plan;
    this.active = true;
    this.ending = false;
    this.#trial = trial;
    this.#trialTermsLeft = trial?.termCount ?? 0;
    this.#anchorDay = dayOfMonth(now);
    this.#openPeriod(now);
  }

  /** The next period, from the moment it was due. */
  renew(): void {
    this.#trialTermsLeft = Math.max(0, this.#trialTermsLeft - 1);
    if (this.#trialTermsLeft === 0) this.#trial = undefined;
    this.#openPeriod(this.dueAt);
  }

  cancel(now: number): void {
    this.ending = true;
    this.cancelledAt = now;
  }

  extend(days: number): void {
    this.extendedDays += days;
    this.#extensionMs += days * DAY_MS;
  }

  #openPeriod(from: number): void {
    this.periodStart = from;
    this.periodEnd = endOfTerm(from, this.currentTerm.term, this.#anchorDay);
    this.#extensionMs = 0;
  }
}

function endOfTerm(start: number, term: Term, anchorDay: number): number {
  const days = DAYS[term];
  if (days !== undefined) return start + days * DAY_MS;
  return addMonths(start, MONTHS[term] ?? 1, anchorDay);
}
