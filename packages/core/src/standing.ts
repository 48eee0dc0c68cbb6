import type { StoreProblem } from "./delivery/store-problem.ts";
import { isQuestlineError, QuestlineError } from "./errors/questline-error.ts";
import type { Health } from "./questline.ts";
import type { Logger } from "./runtime/log.ts";
import { errorText } from "./secrets/error-text.ts";

export interface StandingParts {
  /** Resolves when the store is open. */
  readonly ready: Promise<void>;
  /** Resolves when results can be kept no longer. */
  readonly lost: Promise<QuestlineError>;
  readonly restarts: () => { readonly count: number; readonly underWay: boolean };
  readonly isClosed: () => boolean;
  /** Why it is as good as closed, though nobody closed it. */
  readonly orphaned: () => string | undefined;
  /** What keeps the store from being used at the moment. */
  readonly problem: () => StoreProblem | undefined;
  readonly logger: Logger;
}

/** Whether Questline goes on. Says once when it does not. */
export class Standing {
  readonly #parts: StandingParts;
  readonly #failed = Promise.withResolvers<QuestlineError>();
  #isOpen = false;
  #error: QuestlineError | undefined;

  constructor(parts: StandingParts) {
    this.#parts = parts;
    void parts.lost.then((error) => this.#fail(error));
    parts.ready.then(
      () => (this.#isOpen = true),
      (error: unknown) => this.#fail(error),
    );
  }

  get failed(): Promise<QuestlineError> {
    return this.#failed.promise;
  }

  health(): Health {
    const { restarts, isClosed, orphaned, problem } = this.#parts;
    const { count, underWay } = restarts();
    const counted = { restarts: count, ...(this.#error !== undefined && { error: this.#error }) };
    if (isClosed()) return { status: "closed", ...counted };
    const without = orphaned();
    if (without !== undefined) return { status: "closed", ...counted, problem: without };
    if (this.#error !== undefined) return { status: "failed", ...counted };
    const met = problem();
    const { message, ...rest } = met ?? {};
    const troubled = { ...counted, ...(message !== undefined && { problem: message }), ...rest };
    if (!this.#isOpen) return { status: met === undefined ? "opening" : "waiting", ...troubled };
    return { status: underWay ? "restarting" : "running", ...troubled };
  }

  #fail(error: unknown): void {
    const { isClosed, orphaned } = this.#parts;
    const isOver = isClosed() || orphaned() !== undefined;
    if (this.#error !== undefined || (isOver && isQuestlineError(error) && error.code === "closed")) return;
    this.#error = isQuestlineError(error)
      ? error
      : new QuestlineError("store_unusable", `The store cannot be used: ${String(error)}`, { cause: error });
    this.#failed.resolve(this.#error);
    const message = this.#isOpen
      ? "Questline cannot go on; every report is refused. What was accepted is in the store: restart the process."
      : "Questline could not start; every report is refused.";
    this.#parts.logger.error({ error: errorText(error) }, message);
  }
}
