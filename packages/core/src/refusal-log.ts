import type { Clock } from "./runtime/clock.ts";
import type { Logger } from "./runtime/log.ts";

/** A reason that lasts is said again, with how many it met, this often. */
const SAY_AGAIN_MS = 60_000;
/** Reasons told apart; those beyond are said each time. */
const MOST_REASONS = 100;

interface Refused {
  count: number;
  /** Monotonic ms. */
  saidAt: number;
}

/** Says why reports could not be kept once for each reason, not for each report, until reports are kept again. */
export class RefusalLog {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #refused = new Map<string, Refused>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  refused(reason: string, report: { readonly match: string; readonly user: string; readonly event: string }): void {
    const now = this.#clock.monotonic();
    const known = this.#refused.get(reason);
    if (known === undefined) {
      if (this.#refused.size < MOST_REASONS) this.#refused.set(reason, { count: 1, saidAt: now });
      return this.#logger.error(report, `A report could not be kept: ${reason}`);
    }
    known.count += 1;
    if (now - known.saidAt < SAY_AGAIN_MS) return;
    known.saidAt = now;
    this.#logger.error({ ...report, reports: known.count }, `Reports still cannot be kept: ${reason}`);
  }

  kept(): void {
    if (this.#refused.size === 0) return;
    const reports = [...this.#refused.values()].reduce((sum, { count }) => sum + count, 0);
    this.#refused.clear();
    this.#logger.info({ reports }, "Reports are kept again.");
  }
}
