import { classify } from "./classify.ts";
import { readEnvelope } from "./envelope.ts";
import { readRetryAfter } from "./retry-after.ts";
import type { GraphRequest, GraphResponse, GraphTransport } from "./transport.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { AbortedError } from "../errors/unanswered-errors.ts";
import { fullJitter } from "../resilience/backoff.ts";
import { sleep, type Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";

export interface RetryingOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** How often a request is sent at most. Default 3. */
  readonly tries?: number;
  /** Bound of the first wait, ms; doubles each time. Default 200. */
  readonly baseMs?: number;
  /** The longest wait, ms. An ordered `Retry-After` beyond it ends the tries. Default 5000. */
  readonly capMs?: number;
  /**
   * Once so many sends in a row have failed in passing, whatever they were of, each request is sent once until one goes
   * well: who fails is not helped by more. Default: never.
   */
  readonly patience?: number;
}

/**
 * A transport around a transport: repeats reads, and writes that are replay-safe, after a passing failure. All others go
 * through untouched.
 */
export function retrying(inner: GraphTransport, options: RetryingOptions): GraphTransport {
  const { clock, random, tries = 3, baseMs = 200, capMs = 5_000, patience = Infinity } = options;
  let failedInARow = 0;

  const send = async (request: GraphRequest, signal?: AbortSignal): Promise<GraphResponse> => {
    for (let attempt = 0; ; attempt += 1) {
      const isLast = (): boolean => attempt + 1 >= tries || failedInARow >= patience;
      let orderedMs = 0;
      try {
        const response = await inner.send(request, signal);
        const failed = isPassing(response);
        failedInARow = failed ? failedInARow + 1 : 0;
        if (!failed || isLast()) return response;
        orderedMs = readRetryAfter(response.headers["retry-after"], clock.now()) ?? 0;
        if (orderedMs > capMs) return response;
      } catch (error) {
        if (!isPassingFailure(error, request)) throw error;
        failedInARow += 1;
        if (isLast()) throw error;
      }
      await pause(request, Math.max(orderedMs, fullJitter(attempt, { baseMs, capMs }, random.next())), signal);
    }
  };

  const pause = async ({ operation }: GraphRequest, delayMs: number, signal?: AbortSignal): Promise<void> => {
    try {
      await sleep(clock, delayMs, signal);
    } catch {
      const facts = { operation, applied: "no", transient: true, retryable: false } as const;
      throw new AbortedError(`${operation} was aborted by the caller while it waited for its next try.`, facts);
    }
  };

  return {
    send: (request, signal) =>
      request.kind === "read" || request.replaySafe === true ? send(request, signal) : inner.send(request, signal),
    baseUrl: inner.baseUrl,
    close: (graceMs) => inner.close(graceMs),
  };
}

/** A replay-safe write that may have taken effect is as good as one that did not. */
function isPassingFailure(error: unknown, request: GraphRequest): boolean {
  if (!isGraphError(error) || error.code === "aborted" || error.code === "closed") return false;
  return error.retryable || (request.replaySafe === true && error.transient);
}

function isPassing({ status, body }: GraphResponse): boolean {
  if (status < 400) return false;
  let envelope;
  try {
    envelope = readEnvelope(JSON.parse(body));
  } catch {
    envelope = undefined;
  }
  // Whose token it was changes the class of an error, never whether it passes.
  const { code, transient } = classify({ status, envelope, actsFor: "app" });
  return transient && code !== "unreadable_answer";
}
