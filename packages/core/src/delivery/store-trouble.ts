import type { Logger } from "../runtime/log.ts";
import { errorText } from "../secrets/error-text.ts";

/** A write of the store failed. Whoever meets it tries again; it is logged when it begins and when it is over. */
export class StoreFailed extends Error {
  override readonly name = "StoreFailed";
}

/** Says once, not for every lane, that the store cannot write, and that it can again. */
export class StoreTrouble {
  readonly #logger: Logger;
  #isFailing = false;
  #waiting = 0;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  readonly failed = (error: unknown): void => {
    if (this.#isFailing) return;
    this.#isFailing = true;
    const message = "The store failed; what it should write is kept and tried again every second.";
    this.#logger.error({ error: errorText(error) }, message);
  };

  /** While `again` goes on (never rejecting), something waits to be written, and the trouble is not over. */
  async lasts(again: Promise<boolean>): Promise<boolean> {
    this.#waiting += 1;
    const isWritten = await again;
    this.#waiting -= 1;
    if (isWritten) this.#worked();
    return isWritten;
  }

  #worked(): void {
    if (!this.#isFailing || this.#waiting > 0) return;
    this.#isFailing = false;
    this.#logger.info({}, "The store works again.");
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
}
