import type { Reason } from "../intent/outcome.ts";
import type { Governor } from "../resilience/governor.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { Answer } from "./attempt-parts.ts";

const APP_PAUSE_MS = 1_000;
const LAST = 20;
const LIMITED = 10;

/**
 * What the answers say of the app as a whole: a refusal of its credentials or a limit on it pauses everybody, and so
 * does being limited (HTTP 429 and its codes) on at least ten of the last twenty answers.
 */
export class AppHealth {
  readonly #governor: Governor<Reason>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #recent: boolean[] = [];

  constructor(parts: { governor: Governor<Reason>; clock: Clock; logger: Logger }) {
    this.#governor = parts.governor;
    this.#clock = parts.clock;
    this.#logger = parts.logger;
  }

  hear(answer: Answer): void {
    this.#recent.push(answer.limited);
    if (this.#recent.length > LAST) this.#recent.shift();
    if (answer.appWide !== undefined) this.#pause(answer.appWide.reason, answer.appWide.afterMs);
    else if (answer.limited && this.#recent.filter(Boolean).length >= LIMITED) {
      this.#recent.length = 0;
      this.#pause("rate-limited");
    }
    this.#governor.answered(answer.ok);
  }

  #pause(reason: Reason, afterMs = APP_PAUSE_MS): void {
    if (this.#governor.paused === undefined) {
      const message = "The platform refuses the whole app for now; results wait, and one request at a time will probe.";
      this.#logger.warn({ reason, retryInMs: afterMs }, message);
    }
    this.#governor.pause(this.#clock.now() + afterMs, reason);
  }
}
