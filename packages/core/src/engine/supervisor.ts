import type { Worker } from "node:worker_threads";
import { QuestlineError } from "../errors/questline-error.ts";
import type { Clock, Timer } from "../runtime/clock.ts";
import { holdProcess } from "../runtime/hold.ts";
import type { Logger } from "../runtime/log.ts";
import { Connection } from "../store/connection.ts";
import { notOpen } from "../store/not-open.ts";
import { waitBeforeRestart } from "./restart-bound.ts";

export interface SupervisorParts<Verb extends string, Event> {
  readonly startThread: () => Worker;
  /** `open` is told whether to wait for a file that cannot be opened yet; `hurry` ends such a wait. */
  readonly verbs: { readonly open: Verb; readonly hurry: Verb; readonly close: Verb };
  /** What may be carried out twice without harm. */
  readonly repeatable: ReadonlySet<Verb>;
  /** Told of what a thread says unasked, with the way back to that very thread. */
  readonly hear: (event: Event, thread: Connection<Verb, Event>) => void;
  /** A thread is open and has not been asked anything yet. */
  readonly onOpen: (thread: Connection<Verb, Event>) => void;
  /** A thread has ended by itself; everything it said was heard. */
  readonly onEnd: () => void;
  /** Takes secrets out of what a thread died of. */
  readonly clean: (text: string) => string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Threads that a call may outlive: what has met two ends may be what brings them about. */
const ENDS_PER_CALL = 2;

/**
 * Keeps a thread going that ends by itself: its file is sound, and opening it again takes over what was staged, as after
 * the death of a process. Its callers wait meanwhile.
 *
 * *new* → *starting* (a thread opens) → *open* → *waiting* (it ended; the next one starts in a while) → *starting* …
 * *failed* for good: the first one cannot be started or opened, or they end more often than the bound allows. *closed* by
 * `close`, for which the next one starts at once.
 */
export class Supervisor<Verb extends string, Event> {
  readonly #parts: SupervisorParts<Verb, Event>;
  readonly #failed = Promise.withResolvers<QuestlineError>();
  #state: "new" | "starting" | "open" | "waiting" | "failed" | "closed" = "new";
  /** Present: opens. */
  #opening: Connection<Verb, Event> | undefined;
  /** Present: open. */
  #thread: Connection<Verb, Event> | undefined;
  #nextOpen = nextOpen<Connection<Verb, Event>>();
  #failure: QuestlineError | undefined;
  #hasStarted = false;
  #hasOpened = false;
  #isHurried = false;
  #isClosing = false;
  /** Monotonic ms. */
  #ends: number[] = [];
  #restarts = 0;
  #timer: Timer | undefined;

  constructor(parts: SupervisorParts<Verb, Event>) {
    this.#parts = parts;
  }

  /** Resolves once there will be no thread any more, though nobody closed it. */
  get failed(): Promise<QuestlineError> {
    return this.#failed.promise;
  }

  get restarts(): { readonly count: number; readonly underWay: boolean } {
    const isBetween = this.#state === "starting" || this.#state === "waiting";
    return { count: this.#restarts, underWay: this.#hasOpened && isBetween };
  }

  /** Rejects when the first thread cannot be started or opened. */
  async open(): Promise<void> {
    void this.#start();
    await this.#nextOpen.promise;
  }

  /** Waits for the next thread where there is none. An `idle` call may wait for as long as it likes. */
  async ask<Result>(verb: Verb, args: readonly unknown[], idle = false): Promise<Result> {
    for (let ends = 1; ; ends += 1) {
      if (this.#isClosing) throw notOpen("closed");
      const thread = this.#thread ?? (await this.#opened(idle));
      try {
        return await thread.ask<Result>(verb, args, idle);
      } catch (error) {
        if (thread.broken === undefined || error !== thread.broken) throw error;
        if (!this.#parts.repeatable.has(verb)) throw answerLost(verb);
        if (!idle && ends === ENDS_PER_CALL) throw endedTwice(verb);
      }
    }
  }

  /** Without an answer; said to nobody where there is no thread. */
  tell(verb: Verb, args: readonly unknown[]): void {
    this.#thread?.tell(verb, args);
  }

  /** Calls made before are answered first. A thread that ends meanwhile is started once more, to say how things stand. */
  async close<Result>(timeoutMs: number): Promise<Result> {
    const { clock, verbs } = this.#parts;
    const until = clock.monotonic() + timeoutMs;
    this.hurry();
    for (;;) {
      const thread = this.#thread ?? (await this.#opened(false));
      this.#isClosing = true;
      try {
        const result = await thread.close(verbs.close, [Math.max(0, until - clock.monotonic())]);
        this.#state = "closed";
        return result as Result;
      } catch (error) {
        if (thread.broken !== undefined && error === thread.broken) continue;
        this.#state = "closed";
        throw error;
      }
    }
  }

  /** From here on nobody waits before the next thread is started, nor for a file that cannot be opened yet. */
  hurry(): void {
    this.#isHurried = true;
    this.#opening?.tell(this.#parts.verbs.hurry, []);
    if (this.#state !== "waiting") return;
    this.#timer?.cancel();
    void this.#start();
  }

  async #opened(idle: boolean): Promise<Connection<Verb, Event>> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#state === "new" || this.#state === "closed") throw notOpen(this.#state);
    const release = idle ? () => undefined : holdProcess();
    try {
      return await this.#nextOpen.promise;
    } finally {
      release();
    }
  }

  async #start(): Promise<void> {
    const { startThread, verbs, hear, onOpen, clean, logger } = this.#parts;
    this.#state = "starting";
    const thread = new Connection<Verb, Event>(
      startThread,
      (event) => {
        this.#hasStarted = true;
        hear(event, thread);
      },
      clean,
    );
    void thread.lost.then((end) => this.#ended(end));
    this.#opening = thread;
    try {
      await thread.open(verbs.open, [this.#isHurried]);
    } catch (error) {
      // Refused, that is: of a thread's end everybody hears by `lost`.
      if (thread.broken === undefined) this.#refused(error);
      return;
    } finally {
      if (this.#opening === thread) this.#opening = undefined;
    }
    if (thread.broken !== undefined) return;
    if (this.#hasOpened)
      logger.warn({ restarts: this.#restarts }, "The thread that keeps and delivers results goes on.");
    this.#state = "open";
    this.#hasOpened = true;
    this.#thread = thread;
    onOpen(thread);
    this.#nextOpen.resolve(thread);
  }

  /** The file cannot be opened: for good at the first time, when somebody is there to read why, and where nobody waits. */
  #refused(error: unknown): void {
    if (this.#hasOpened && !this.#isHurried) this.#ended(error);
    else this.#fail(asQuestlineError(error));
  }

  #ended(end: unknown): void {
    const { clock, logger, clean, onEnd } = this.#parts;
    if (this.#state === "closed" || this.#state === "failed") return;
    if (this.#thread !== undefined) this.#nextOpen = nextOpen();
    this.#thread = undefined;
    onEnd();
    const { message, cause } = asQuestlineError(end);
    if (!this.#hasStarted) return this.#fail(unusable(`cannot be started: ${message}. Every result needs it.`));
    this.#ends.push(clock.monotonic());
    const waitMs = waitBeforeRestart(this.#ends, clock.monotonic());
    if (waitMs === undefined) return this.#fail(tooOften(this.#ends.length, message));
    const startsInMs = this.#isHurried ? 0 : waitMs;
    this.#state = "waiting";
    this.#restarts += 1;
    const stack = cause instanceof Error ? { stack: clean(String(cause.stack)) } : {};
    logger.error(
      { error: message, ...stack, startsInMs },
      "The thread that keeps and delivers results ended by itself; it is started again. What was accepted is in its file.",
    );
    if (this.#isHurried) void this.#start();
    else this.#timer = clock.after(waitMs, () => void this.#start());
  }

  #fail(failure: QuestlineError): void {
    this.#state = "failed";
    this.#failure = failure;
    this.#nextOpen.reject(failure);
    this.#failed.resolve(failure);
  }
}

/** Whether anybody waits for it or not. */
function nextOpen<Thread>(): PromiseWithResolvers<Thread> {
  const next = Promise.withResolvers<Thread>();
  next.promise.catch(() => undefined);
  return next;
}

const unusable = (what: string): QuestlineError =>
  new QuestlineError("store_unusable", `The thread that keeps and delivers results ${what}`);

const tooOften = (times: number, last: string): QuestlineError =>
  unusable(
    `ended ${times} times, most recently: ${last}. It is not started again. What was accepted is in its file; restart the process.`,
  );

const endedTwice = (verb: string): QuestlineError =>
  unusable(`ended twice while it carried out ${verb}, which is not asked of the next one.`);

/** Nobody knows whether it was carried out. */
const answerLost = (verb: string): QuestlineError =>
  new QuestlineError(
    "ambiguous",
    `The thread that keeps and delivers results ended before it answered ${verb}; see whether that was done, and ask again.`,
  );

function asQuestlineError(error: unknown): QuestlineError {
  return error instanceof QuestlineError
    ? error
    : new QuestlineError("store_unusable", String(error), { cause: error });
}
