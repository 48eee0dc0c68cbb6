import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer, Ready } from "../wire.ts";

type Method = (...args: never[]) => unknown;

/** A program in a process of its own. `O` are the orders it takes, `R` what it says once it is ready. */
export interface Program<O, R> {
  /** Rejects when it ends before. */
  readonly ready: Promise<R>;
  /** What it writes on file descriptor 3; ends when it does. */
  readonly told: Readable;
  /** How it ended. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
  /** Rejects when the process ends first. */
  ask<K extends keyof O & string>(
    order: K,
    ...args: O[K] extends Method ? Parameters<O[K]> : never
  ): Promise<O[K] extends Method ? Awaited<ReturnType<O[K]>> : never>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts programs and leaves none behind. */
export class Processes implements AsyncDisposable {
  readonly #running = new Set<ChildProcess>();
  readonly #env: NodeJS.ProcessEnv;

  /** What is compiled once is kept in `folder`: processes begin often here. */
  constructor(folder: string) {
    this.#env = { ...process.env, NODE_COMPILE_CACHE: join(folder, "compiled") };
    process.on("exit", () => this.#killAll());
  }

  /** `file` is named from this one. */
  start<O, R>(file: string, env: Readonly<Record<string, string>>): Program<O, R> {
    const path = fileURLToPath(new URL(file, import.meta.url));
    const child = spawn(
      process.execPath,
      ["--conditions=questline-source", "--disable-warning=ExperimentalWarning", path],
      { env: { ...this.#env, ...env }, stdio: ["ignore", 2, 2, "pipe", "ipc"] },
    );
    this.#running.add(child);
    const open = new Map<number, PromiseWithResolvers<unknown>>();
    const ready = Promise.withResolvers<R>();
    ready.promise.catch(() => {});
    const ended = Promise.withResolvers<NodeJS.Signals | number | null>();
    let asked = 0;

    child.on("message", (message: Answer | Ready) => {
      if ("ready" in message) return ready.resolve(message.ready as R);
      const waiting = open.get(message.answer);
      open.delete(message.answer);
      if (message.error === undefined) waiting?.resolve(message.value);
      else waiting?.reject(new Error(message.error));
    });
    const end = (how: NodeJS.Signals | number | null): void => {
      if (!this.#running.delete(child)) return;
      const error = new Error(`${file} ended with ${how}`);
      ready.reject(error);
      for (const waiting of open.values()) waiting.reject(error);
      ended.resolve(how);
    };
    child.on("error", () => end(null));
    child.on("exit", (code, signal) => end(signal ?? code));

    return {
      ready: ready.promise,
      told: child.stdio[3] as Readable,
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
      signal: (signal) => void child.kill(signal),
    };
  }

  /** Ends every program and waits for that. */
  async [Symbol.asyncDispose](): Promise<void> {
    const ends = [...this.#running].map((child) => new Promise((resolve) => child.once("exit", resolve)));
    this.#killAll();
    await Promise.all(ends);
  }

  #killAll(): void {
    for (const child of this.#running) child.kill("SIGKILL");
  }
}
