import type { Worker } from "node:worker_threads";
import { QuestlineError } from "../errors/questline-error.ts";
import type { LaneStore, StoreVerb } from "./lane-store.ts";
import { notOpen } from "./not-open.ts";
import { packFiring } from "./packed-firing.ts";
import type { StoreAnswer, StoreCall } from "./store-calls.ts";

/** Each message wakes a thread and is a transaction; two hundred a second leave both free for other things. */
const GATHER_MS = 5;

interface Asked {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A lane store whose verbs are carried out by a worker thread. Calls of the same tick travel as one message. The worker
 * keeps the process alive only while calls are unanswered.
 *
 * *new* until `open` resolves (also after an `open` that failed); *open*; *closed* by `close`, and again *open* by `open`;
 * *broken* for good when the worker ends by itself.
 */
export function remoteStore(startWorker: () => Worker): LaneStore {
  const connection = new Connection(startWorker);
  const ask =
    <Verb extends Exclude<StoreVerb, "open" | "close">>(verb: Verb) =>
    (...args: Parameters<LaneStore[Verb]>): ReturnType<LaneStore[Verb]> =>
      connection.ask(verb, args) as ReturnType<LaneStore[Verb]>;
  return {
    gatherMs: GATHER_MS,
    open: (...args) => connection.open(args),
    accept: async (reports) => connection.ask("accept", [reports.map((report) => report.map(packFiring))]),
    lease: ask("lease"),
    stage: ask("stage"),
    settle: ask("settle"),
    wake: ask("wake"),
    makeDue: ask("makeDue"),
    nextDue: ask("nextDue"),
    owed: ask("owed"),
    expireParked: ask("expireParked"),
    forgetProgress: ask("forgetProgress"),
    announcements: ask("announcements"),
    acknowledge: ask("acknowledge"),
    keepToken: ask("keepToken"),
    sealedToken: ask("sealedToken"),
    dropToken: ask("dropToken"),
    remembered: ask("remembered"),
    inspect: ask("inspect"),
    ended: ask("ended"),
    deadLetters: ask("deadLetters"),
    requeue: ask("requeue"),
    discard: ask("discard"),
    purge: ask("purge"),
    close: () => connection.close(),
  };
}

class Connection {
  readonly #startWorker: () => Worker;
  readonly #asked = new Map<number, Asked>();
  #state: "new" | "open" | "closed" = "new";
  #worker: Worker | undefined;
  #broken: QuestlineError | undefined;
  #queue: StoreCall[] = [];
  #calls = 0;
  #closing: Promise<void> | undefined;

  constructor(startWorker: () => Worker) {
    this.#startWorker = startWorker;
  }

  async open(args: Parameters<LaneStore["open"]>): ReturnType<LaneStore["open"]> {
    await this.#closing;
    if (this.#broken) throw this.#broken;
    this.#worker ??= this.#connect(this.#startWorker());
    try {
      const taken = await this.#send<Awaited<ReturnType<LaneStore["open"]>>>("open", args);
      this.#state = "open";
      return taken;
    } catch (error) {
      if (this.#state !== "open") await this.#end();
      throw error;
    }
  }

  ask<Result>(verb: StoreVerb, args: readonly unknown[]): Promise<Result> {
    if (this.#broken) return Promise.reject(this.#broken);
    if (this.#state !== "open") return Promise.reject(notOpen(this.#state));
    return this.#send(verb, args);
  }

  /** Calls made before are answered first. */
  close(): Promise<void> {
    this.#state = "closed";
    this.#closing ??= this.#sendClose().finally(() => (this.#closing = undefined));
    return this.#closing;
  }

  async #sendClose(): Promise<void> {
    if (this.#worker === undefined || this.#broken) return;
    try {
      await this.#send("close", []);
    } finally {
      await this.#end();
    }
  }

  /** Ends the worker on purpose. */
  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.removeAllListeners();
    await worker?.terminate();
  }

  #connect(worker: Worker): Worker {
    worker.unref();
    worker.on("message", (answers: readonly StoreAnswer[]) => this.#receive(answers));
    worker.on("error", (error) => this.#break(worker, error));
    worker.on("exit", () => this.#break(worker));
    return worker;
  }

  #send<Result>(verb: StoreVerb, args: readonly unknown[]): Promise<Result> {
    return new Promise<Result>((resolve, reject) => {
      const id = ++this.#calls;
      if (this.#asked.size === 0) this.#worker?.ref();
      this.#asked.set(id, { resolve, reject });
      if (this.#queue.push({ id, verb, args }) === 1) queueMicrotask(() => this.#post());
    });
  }

  #post(): void {
    const calls = this.#queue;
    this.#queue = [];
    try {
      this.#worker?.postMessage(calls);
    } catch (error) {
      // An argument that cannot be cloned, such as a function inside a value.
      const cause = error instanceof Error ? error.message : String(error);
      const refused = calls.map(({ id }): StoreAnswer => ({ id, ok: false, code: "bad_input", message: cause }));
      this.#receive(refused);
    }
  }

  #receive(answers: readonly StoreAnswer[]): void {
    for (const answer of answers) {
      const asked = this.#asked.get(answer.id);
      this.#asked.delete(answer.id);
      if (answer.ok) asked?.resolve(answer.result as never);
      else asked?.reject(new QuestlineError(answer.code, answer.message));
    }
    if (this.#asked.size === 0) this.#worker?.unref();
  }

  #break(worker: Worker, cause?: unknown): void {
    if (worker !== this.#worker) return;
    this.#broken ??= new QuestlineError(
      "store_unusable",
      "The lane store's worker thread ended unexpectedly. What was accepted is in its file; restart the process.",
      { cause },
    );
    for (const asked of this.#asked.values()) asked.reject(this.#broken);
    this.#asked.clear();
  }
}
