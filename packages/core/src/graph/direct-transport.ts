import { retrying, type RetryingOptions } from "./retrying.ts";
import { withTimeLimit } from "./time-limit.ts";
import type { GraphTransport } from "./transport.ts";

export interface DirectTransportOptions extends RetryingOptions {
  /** For one call, its retries and waits included, ms. Default 15 000. */
  readonly totalMs?: number;
}

/**
 * What direct calls (identity, definitions, a user's own reads) go through, around the transport that deliveries use
 * bare. Outermost first: the time limit covers every try and wait; the retries are below it.
 */
export function directTransport(inner: GraphTransport, options: DirectTransportOptions): GraphTransport {
  return withTimeLimit(retrying(inner, options), { clock: options.clock, timeoutMs: options.totalMs ?? 15_000 });
}
