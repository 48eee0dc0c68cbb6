import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A Node process of ours that speaks in messages and ends when we do. */
export class Child {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(name: string, file: string, args: readonly string[], execArgv: readonly string[] = []) {
    this.#name = name;
    this.#process = fork(fileURLToPath(new URL(file, import.meta.url)), args, {
      execArgv: ["--conditions=questline-source", "--disable-warning=ExperimentalWarning", ...execArgv],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.#ended = new Promise((resolve) => this.#process.once("exit", () => resolve()));
  }

  /** The next message; rejects when the process fails first. */
  next(): Promise<Record<string, unknown>> {
    return new Promise((resolve, reject) => {
      const onExit = (code: number | null, signal: string | null): void =>
        reject(new Error(`${this.#name} ended early: ${signal ?? `exit code ${code}`}.`));
      if (this.#process.exitCode !== null || this.#process.signalCode !== null) {
        onExit(this.#process.exitCode, this.#process.signalCode);
        return;
      }
      this.#process.once("exit", onExit);
      this.#process.once("message", (message) => {
        this.#process.off("exit", onExit);
        const answer = message as Record<string, unknown>;
        if ("failed" in answer) reject(new Error(`${this.#name}: ${String(answer["failed"])}`));
        else resolve(answer);
      });
    });
  }

  ask(question: object | string): Promise<Record<string, unknown>> {
    const answer = this.next();
    this.#process.send(question);
    return answer;
  }

  /** Asks it to end; kills it if it does not within `graceMs`. */
  async end(graceMs = 3_000): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), graceMs);
    await this.#ended;
    clearTimeout(timer);
  }
}
