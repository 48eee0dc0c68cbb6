import { type ChildProcess, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Answer, Ready } from "../wire.ts";

type Method = (...args: never[]) => unknown;

/** A program of the arena in a process of its own. `O` are the orders it takes, `R` what it says once it is ready. */
export interface Program<O, R> {
  readonly ready: Promise<R>;
  /** What it hands over on file descriptor 3, until it ends. */
  readonly handedOver: Readable;
  /** Resolves when it has ended, however it did. */
  readonly ended: Promise<void>;
  ask<K extends keyof O & string>(
    order: K,
    ...args: O[K] extends Method ? Parameters<O[K]> : never
  ): Promise<O[K] extends Method ? Awaited<ReturnType<O[K]>> : never>;
  /** `kill -9`, or the signal given; its end is expected from here on. */
  kill(signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
}

export interface ProgramOptions {
  readonly name: string;
  /** From this file. */
  readonly file: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It stands for another machine, so it takes only what the others leave of this one's processors. */
  readonly aside?: boolean;
}

/** Starts programs, hears of one that dies unasked, and leaves none behind. */
export class Processes {
  readonly #running = new Set<ChildProcess>();
  readonly #failure = Promise.withResolvers<never>();
  #stopping = false;

  constructor() {
    this.#failure.promise.catch(() => {});
    process.on("exit", () => this.#killAll());
  }

  /** Rejects when a program ends without being told to; never resolves. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  start<O, R>({ name, file, env = {}, aside = false }: ProgramOptions): Program<O, R> {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const child = spawn(
      process.execPath,
      ["--conditions=questline-source", "--disable-warning=ExperimentalWarning", path],
      // What a program prints goes to our standard error: standard output belongs to the results.
      { env: { ...process.env, ...env }, stdio: ["ignore", 2, 2, "pipe", "ipc"] },
    );
    this.#running.add(child);
    if (aside && child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
    const open = new Map<number, PromiseWithResolvers<unknown>>();
    const ready = Promise.withResolvers<R>();
    ready.promise.catch(() => {});
    const ended = Promise.withResolvers<void>();
    let asked = 0;
    let expected = false;

    child.on("message", (message: Answer | Ready) => {
      if ("ready" in message) return ready.resolve(message.ready as R);
      const waiting = open.get(message.answer);
      open.delete(message.answer);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(`${name}: ${message.error}`));
    });
    const end = (how: string): void => {
      if (!this.#running.delete(child)) return;
      const error = new Error(`the process "${name}" ended ${how}`);
      ready.reject(error);
      for (const waiting of open.values()) waiting.reject(error);
      if (!expected && !this.#stopping) this.#failure.reject(error);
      ended.resolve();
    };
    child.on("error", (error) => end(`before it began: ${error.message}`));
    child.on("exit", (code, signal) => end(signal === null ? `with exit code ${code}` : `by ${signal}`));

    return {
      ready: ready.promise,
      handedOver: child.stdio[3] as Readable,
      ended: ended.promise,
      ask(order, ...args) {
        asked += 1;
        const answer = Promise.withResolvers<unknown>();
        answer.promise.catch(() => {});
        open.set(asked, answer);
        child.send({ ask: asked, order, args }, (error) => {
          if (error !== null) answer.reject(error);
        });
        return answer.promise as never;
      },
      kill(signal = "SIGKILL") {
        expected = true;
        child.kill(signal);
        return ended.promise;
      },
    };
  }

  /** Ends every program and waits for that. */
  async stop(): Promise<void> {
    this.#stopping = true;
    const ends = [...this.#running].map((child) => new Promise((resolve) => child.once("exit", resolve)));
    this.#killAll();
    await Promise.all(ends);
  }

  #killAll(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }
}
