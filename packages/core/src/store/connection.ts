import type { Worker } from "node:worker_threads";
import { QuestlineError } from "../errors/questline-error.ts";
import { soon } from "../runtime/soon.ts";
import { notOpen } from "./not-open.ts";
import { NotYet } from "./not-yet.ts";
import { errorOf } from "./store-calls.ts";
import type { StoreAnswer, ThreadAnswer, ThreadCall } from "./store-calls.ts";
import { threadEndText } from "./thread-end.ts";

/** Answers and events handled in one turn of the event loop: what follows them is the game thread's to pay. */
const PER_TURN = 16;

interface Asked {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly idle: boolean;
}

/**
 * The way to a thread that carries out verbs. Calls of the same tick travel as one message. The thread keeps the process
 * alive only while calls are unanswered.
 *
 * *new* until `open` resolves (also after an `open` that failed); *open*; *closed* by `close`, and again *open* by `open`;
 * *broken* for good when the thread ends by itself: whoever waits, or asks from then on, is told at once.
 */
export class Connection<Verb extends string, Event = never> {
  readonly #startWorker: () => Worker;
  readonly #hear: (event: Event) => void;
  readonly #lostText: (why: string) => string;
  readonly #lost = Promise.withResolvers<QuestlineError>();
  readonly #asked = new Map<number, Asked>();
  #state: "new" | "open" | "closed" = "new";
  #worker: Worker | undefined;
  #broken: QuestlineError | undefined;
  /** What the thread did not catch. */
  #uncaught: unknown;
  #queue: ThreadCall<Verb>[] = [];
  /** Answers and events not handled yet, in the order they came. */
  #heard: ThreadAnswer<Event>[] = [];
  #handled = 0;
  #idle = 0;
  #calls = 0;
  #closing: Promise<unknown> | undefined;

  /** `hear` is told of what the thread says unasked; it must not throw. `lostText` says what a thread's end means. */
  constructor(
    startWorker: () => Worker,
    hear: (event: Event) => void = () => undefined,
    lostText: (why: string) => string = storeLost,
  ) {
    this.#startWorker = startWorker;
    this.#hear = hear;
    this.#lostText = lostText;
  }

  async open<Result>(verb: Verb, args: readonly unknown[]): Promise<Result> {
    await this.#closing;
    if (this.#broken) throw this.#broken;
    try {
      this.#worker ??= this.#connect();
      const taken = await this.#send<Result>(verb, args);
      this.#state = "open";
      return taken;
    } catch (error) {
      // Whoever opens it again in a moment needs no thread anew.
      if (this.#state !== "open" && !(error instanceof NotYet)) await this.#end();
      throw error;
    }
  }

  /** Why nothing can be asked any more, once the thread has ended by itself. */
  get broken(): QuestlineError | undefined {
    return this.#broken;
  }

  /** Resolves when the thread ends by itself, before anybody who waited for it is told. */
  get lost(): Promise<QuestlineError> {
    return this.#lost.promise;
  }

  /** An `idle` call may wait for as long as it likes: the process does not stay for its answer. */
  ask<Result>(verb: Verb, args: readonly unknown[], idle = false): Promise<Result> {
    if (this.#broken) return Promise.reject(this.#broken);
    if (this.#state !== "open") return Promise.reject(notOpen(this.#state));
    return this.#send(verb, args, idle);
  }

  /** As `ask`, of a thread that need not be open, without an answer. */
  tell(verb: Verb, args: readonly unknown[]): void {
    if (this.#queue.push({ id: 0, verb, args }) === 1) queueMicrotask(() => this.#post());
  }

  /** Calls made before are answered first. Rejects where the thread has ended by itself; resolves where none was started. */
  close(verb: Verb, args: readonly unknown[]): Promise<unknown> {
    this.#state = "closed";
    this.#closing ??= this.#sendClose(verb, args).finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async #sendClose(verb: Verb, args: readonly unknown[]): Promise<unknown> {
    if (this.#broken) throw this.#broken;
    if (this.#worker === undefined) return undefined;
    try {
      return await this.#send(verb, args);
    } finally {
      await this.#end();
    }
  }

  /** Ends the worker on purpose; what it has not answered by now it never will. */
  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners();
    this.#giveUp(notOpen("closed"));
    await worker?.terminate();
  }

  #giveUp(error: QuestlineError): void {
    for (const asked of this.#asked.values()) asked.reject(error);
    this.#asked.clear();
    this.#idle = 0;
  }

  #start(): Worker {
    try {
      return this.#startWorker();
    } catch (error) {
      // Such as where the system has no thread left.
      throw this.#lose(threadEndText(error, 1), error);
    }
  }

  #connect(): Worker {
    const worker = this.#start();
    worker.unref();
    worker.on("message", (said: readonly ThreadAnswer<Event>[]) => this.#receive(said));
    worker.on("error", (error) => (this.#uncaught = error));
    // Comes after every message of the thread, and when it holds nothing any more, such as its file.
    worker.on("exit", (code) => this.#break(worker, code));
    return worker;
  }

  #send<Result>(verb: Verb, args: readonly unknown[], idle = false): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const id = ++this.#calls;
      this.#asked.set(id, { resolve, reject, idle });
      if (idle) this.#idle += 1;
      this.#hold();
      if (this.#queue.push({ id, verb, args }) === 1) queueMicrotask(() => this.#post());
    });
  }

  /** The process stays while somebody waits who will not wait for ever. */
  #hold(): void {
    if (this.#asked.size > this.#idle) this.#worker?.ref();
    else this.#worker?.unref();
  }

  #post(): void {
    const calls = this.#queue;
    this.#queue = [];
    try {
      this.#worker?.postMessage(calls);
    } catch (error) {
      // An argument that cannot be cloned, such as a function inside a value.
      const cause = error instanceof Error ? error.message : String(error);
      this.#receive(calls.map(({ id }) => ({ id, ok: false, code: "bad_input", message: cause })));
    }
  }

  /** In order, however much came at once: what follows an answer may count on what was said before it. */
  #receive(said: readonly ThreadAnswer<Event>[]): void {
    const isHandling = this.#heard.length > 0;
    for (const one of said) this.#heard.push(one);
    if (!isHandling) this.#handle();
  }

  #handle(mostOfThem = PER_TURN): void {
    const end = Math.min(this.#handled + mostOfThem, this.#heard.length);
    for (; this.#handled < end; this.#handled += 1) {
      const said = this.#heard[this.#handled] as ThreadAnswer<Event>;
      if ("event" in said) this.#hear(said.event);
      else this.#answer(said);
    }
    if (this.#handled < this.#heard.length) return soon(() => this.#handle());
    this.#heard = [];
    this.#handled = 0;
  }

  #answer(answer: StoreAnswer): void {
    const asked = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if (asked?.idle === true) this.#idle -= 1;
    if (answer.ok) asked?.resolve(answer.result as never);
    else asked?.reject(errorOf(answer));
    this.#hold();
  }

  #break(worker: Worker, exitCode: number): void {
    if (worker !== this.#worker) return;
    // What it has answered is answered, before the rest is given up.
    this.#handle(Number.POSITIVE_INFINITY);
    this.#lose(threadEndText(this.#uncaught, exitCode), this.#uncaught);
  }

  #lose(why: string, cause: unknown): QuestlineError {
    const broken = new QuestlineError("store_unusable", this.#lostText(why), { cause });
    this.#broken = broken;
    this.#lost.resolve(broken);
    this.#giveUp(broken);
    return broken;
  }
}

const storeLost = (why: string): string =>
  `The lane store's worker thread ended by itself: ${why}. What was accepted is in its file; restart the process.`;
