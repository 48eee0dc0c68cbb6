import type { GraphTransport } from "./transport.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { NoAnswerError } from "../errors/unanswered-errors.ts";
import type { Clock } from "../runtime/clock.ts";

export interface TimeLimitOptions {
  readonly clock: Clock;
  /** For all that `inner` does for one request, retries and waits included, ms; a request's own `timeoutMs` wins. */
  readonly timeoutMs: number;
}

/** A transport around a transport: gives up after a time in total. */
export function withTimeLimit(inner: GraphTransport, { clock, timeoutMs }: TimeLimitOptions): GraphTransport {
  return {
    async send(request, signal) {
      const limitMs = request.timeoutMs ?? timeoutMs;
      const limit = new AbortController();
      let isOver = false;
      const onAbort = (): void => limit.abort(signal?.reason);
      if (signal?.aborted === true) onAbort();
      signal?.addEventListener("abort", onAbort, { once: true });
      const timer = clock.after(limitMs, () => {
        isOver = true;
        limit.abort();
      });
      try {
        return await inner.send(request, limit.signal);
      } catch (error) {
        if (!isOver || !isGraphError(error) || error.code !== "aborted") throw error;
        const { operation, applied } = error;
        const facts = { operation, applied, transient: true, retryable: applied === "no", timedOut: true } as const;
        throw new NoAnswerError(`${operation} got no answer within ${limitMs} ms in total.`, facts);
      } finally {
        timer.cancel();
        signal?.removeEventListener("abort", onAbort);
      }
    },
    baseUrl: inner.baseUrl,
    close: (graceMs) => inner.close(graceMs),
  };
}
