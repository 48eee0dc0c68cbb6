import { QuestlineError } from "../errors/questline-error.ts";
import { sleep } from "../runtime/clock.ts";
import type { Clock } from "../runtime/clock.ts";
import { holdProcess } from "../runtime/hold.ts";
import type { Logger } from "../runtime/log.ts";
import { NotYet } from "../store/not-yet.ts";
import type { StoreProblem } from "./store-problem.ts";

/** A rolling restart goes on this soon after the old process has let go. */
const TRY_EVERY_MS = 250;

/**
 * Opens a store again and again while the reason why it cannot be opened may pass: another process holds it, its directory
 * is not there yet. Says when it begins to wait, when the reason becomes another one, and when it goes on.
 */
export class StoreWait {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #hurry = new AbortController();
  #problem: StoreProblem | undefined;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Present while it waits. */
  get problem(): StoreProblem | undefined {
    return this.#problem;
  }

  /** From here on it is tried once more at once, and then given up. */
  hurry(): void {
    this.#hurry.abort();
  }

  /** Rejects with what will not pass, or with `closed` where it was given up. */
  async open<Result>(openOnce: () => Promise<Result>): Promise<Result> {
    const release = holdProcess();
    try {
      for (;;) {
        const isLast = this.#hurry.signal.aborted;
        const result = await openOnce().catch((error: unknown) => this.#refused(error, isLast));
        if (result instanceof NotYet) await sleep(this.#clock, TRY_EVERY_MS, this.#hurry.signal).catch(() => undefined);
        else return this.#opened(result);
      }
    } finally {
      this.#problem = undefined;
      release();
    }
  }

  #opened<Result>(result: Result): Result {
    if (this.#problem === undefined) return result;
    const waitedMs = this.#clock.now() - this.#problem.since;
    this.#problem = undefined;
    this.#logger.info(
      { waitedMs },
      "The store is open; what was reported meanwhile is kept, and results are delivered.",
    );
    return result;
  }

  #refused(error: unknown, isLast: boolean): NotYet {
    if (!(error instanceof NotYet)) throw error;
    const { message, code, holder } = error;
    if (isLast) {
      throw new QuestlineError("closed", `Questline was closed before its store could be opened: ${message}`, {
        cause: error,
      });
    }
    if (message !== this.#problem?.message) {
      const since = this.#problem?.since ?? this.#clock.now();
      this.#problem = { message, since, ...(holder !== undefined && { holder }) };
      const level = code === "store_locked" ? "warn" : "error";
      this.#logger[level](
        { ...(holder !== undefined && { holder }) },
        `${message} It is tried again until it opens; reports wait in memory meanwhile.`,
      );
    }
    return error;
  }
}
