import { isQuestlineError } from "../errors/questline-error.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";
import type { ReportAcceptance } from "../store/lane-store.ts";
import type { StoreProblem } from "./store-problem.ts";

/** A write of the store failed. Whoever meets it tries again; it is logged when it begins and when it is over. */
export class StoreFailed extends Error {
  override readonly name = "StoreFailed";
}

/** Says once, not for every lane or report, that the store cannot write or has lost its file, and that it goes on. */
export class StoreTrouble {
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** By what is over when: a write that works ends both, a look at the place only its own. */
  #failing: "writes" | "place" | undefined;
  #problem: StoreProblem | undefined;
  #waiting = 0;

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Present while it lasts. */
  get problem(): StoreProblem | undefined {
    return this.#problem;
  }

  readonly failed = (error: unknown): void =>
    this.#began(
      "writes",
      error,
      "The store failed; what it should write is kept and tried again every second, and reports are refused meanwhile.",
    );

  /** The store's file is no longer its own. */
  readonly displaced = (error: unknown): void =>
    this.#began("place", error, "The store has lost its file; nothing is kept or sent until that is mended.");

  /** The store's file is where it was. */
  readonly stands = (): void => {
    if (this.#failing === "place") this.#worked();
  };

  /** While `again` goes on (never rejecting), something waits to be written, and the trouble is not over. */
  async lasts(again: Promise<boolean>): Promise<boolean> {
    this.#waiting += 1;
    const isWritten = await again;
    this.#waiting -= 1;
    if (isWritten) this.#worked();
    return isWritten;
  }

  /** The write's result; its failure is told, and rejects as `StoreFailed`. */
  async hear<Result>(write: Promise<Result>): Promise<Result> {
    try {
      const result = await write;
      this.#worked();
      return result;
    } catch (error) {
      this.failed(error);
      throw new StoreFailed(String(error), { cause: error });
    }
  }

  /** The answers to reports; a store that takes none is told, and rejects as it did. */
  async hearTaking(taking: Promise<readonly ReportAcceptance[]>): Promise<readonly ReportAcceptance[]> {
    try {
      const answers = await taking;
      if (answers.some(({ status }) => status === "taken")) this.#worked();
      return answers;
    } catch (error) {
      if (!isQuestlineError(error) || error.code !== "closed") this.failed(error);
      throw error;
    }
  }

  #began(what: "writes" | "place", error: unknown, message: string): void {
    if (this.#failing !== undefined) return;
    this.#failing = what;
    this.#problem = { message: error instanceof Error ? error.message : String(error), since: this.#clock.now() };
    this.#logger.error({ error: String(error) }, message);
  }

  #worked(): void {
    if (this.#failing === undefined || this.#waiting > 0) return;
    this.#failing = undefined;
    this.#problem = undefined;
    this.#logger.info({}, "The store works again.");
  }
}
