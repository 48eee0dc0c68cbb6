import type { Dispatcher } from "undici";
import { applied } from "./applied.ts";
import { connectionFailure } from "./connection-failure.ts";
import type { GraphRequest, GraphResponse } from "./transport.ts";
import { AbortedError, ClosedError, NoAnswerError, UnreadableAnswerError } from "../errors/unanswered-errors.ts";
import type { GraphFacts } from "../errors/graph-error.ts";
import type { Clock, Timer } from "../runtime/clock.ts";

export interface ExchangeOptions {
  readonly request: GraphRequest;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly settled: (exchange: Exchange, end: GraphResponse | Error) => void;
}

/**
 * One request under way. *Waiting* for a socket, then *handed over* (undici calls `onRequestStart` in the same turn in
 * which it writes), then *settled*, once. What is given up while waiting stays in undici's queue as an empty husk: when
 * a socket reaches it, `onRequestStart` throws, which drops it unsent and leaves that socket to the next one.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: ExchangeOptions;
  readonly #timer: Timer;
  readonly #wallStart: number;
  readonly #monotonicStart: number;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #status: number | undefined;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.#wallStart = options.clock.now();
    this.#monotonicStart = options.clock.monotonic();
    this.#timer = options.clock.after(options.timeoutMs, this.#onTimeout);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) throw new Error("given up");
    if (this.#isTooLate()) {
      this.#settle(new AbortedError(this.#say("its last moment to be sent passed; nothing was sent"), this.#facts()));
      throw new Error("too late");
    }
    this.#controller = controller;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: object): void {
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) {
      this.#headers[name] = Array.isArray(value) ? value.join(", ") : String(value);
    }
    if (Number(this.#headers["content-length"]) > this.#options.maxAnswerBytes) this.#tooLarge(controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > this.#options.maxAnswerBytes) this.#tooLarge(controller);
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    this.#settle({ status: this.#status ?? 0, headers: this.#headers, body: bytes.toString("utf8") });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#settled) return;
    const { words, cause } = connectionFailure(error);
    const cut = this.#status !== undefined;
    this.#settle(
      cut
        ? new UnreadableAnswerError(this.#say(`the answer was cut off: ${words}`), this.#facts(), { cause })
        : new NoAnswerError(this.#say(words), this.#facts(), { cause }),
    );
  }

  /** Gives up because the transport closes. */
  cutOff(): void {
    this.#giveUp(new ClosedError(this.#say("the client was closed"), this.#facts()));
  }

  readonly #onTimeout = (): void => {
    const where = this.#controller === undefined ? "no socket was ready" : "there was no whole answer";
    const words = this.#say(`${where} within ${this.#options.timeoutMs} ms`);
    this.#giveUp(new NoAnswerError(words, this.#facts({ timedOut: true })));
  };

  readonly #onAbort = (): void => {
    this.#giveUp(new AbortedError(this.#say("the caller aborted it"), this.#facts({ retryable: false })));
  };

  /** Both clocks, since either may stand still while a machine sleeps or is set. */
  #isTooLate(): boolean {
    const { clock, request } = this.#options;
    if (request.notAfter === undefined) return false;
    const elapsed = Math.max(clock.monotonic() - this.#monotonicStart, clock.now() - this.#wallStart);
    return this.#monotonicStart + elapsed > request.notAfter;
  }

  #tooLarge(controller: Dispatcher.DispatchController): void {
    const limit = this.#options.maxAnswerBytes;
    this.#settle(new UnreadableAnswerError(this.#say(`the answer is larger than ${limit} bytes`), this.#facts()));
    controller.abort(new Error("answer too large"));
  }

  #giveUp(error: Error): void {
    if (this.#settled) return;
    this.#settle(error);
    this.#controller?.abort(new Error("given up"));
  }

  #settle(end: GraphResponse | Error): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#timer.cancel();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#chunks = [];
    this.#options.settled(this, end);
  }

  #say(what: string): string {
    return `${this.#options.request.operation} got no answer: ${what}.`;
  }

  #facts(over: Partial<GraphFacts> = {}): GraphFacts {
    const { operation, kind } = this.#options.request;
    const certainty = applied({ kind, handedOver: this.#controller !== undefined, status: this.#status });
    return {
      operation,
      applied: certainty,
      transient: true,
      retryable: certainty === "no",
      status: this.#status,
      ...over,
    };
  }
}
