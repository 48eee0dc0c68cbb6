import { GraphError, type GraphFacts } from "./graph-error.ts";

type Cause = { readonly cause?: unknown };

/** An answer that is not of the API: HTML, truncated, empty, too large, of another shape. */
export class UnreadableAnswerError extends GraphError {
  override readonly name = "UnreadableAnswerError";
  declare readonly code: "unreadable_answer";
  constructor(message: string, facts: GraphFacts, options?: Cause) {
    super("unreadable_answer", message, facts, options);
  }
}

/** No answer: DNS, TCP, TLS, reset, time-out. */
export class NoAnswerError extends GraphError {
  override readonly name = "NoAnswerError";
  declare readonly code: "no_answer";
  constructor(message: string, facts: GraphFacts, options?: Cause) {
    super("no_answer", message, facts, options);
  }
}

/** The caller's signal aborted, or its `notAfter` passed. */
export class AbortedError extends GraphError {
  override readonly name = "AbortedError";
  declare readonly code: "aborted";
  constructor(message: string, facts: GraphFacts, options?: Cause) {
    super("aborted", message, facts, options);
  }
}

/** Sent, or cut off, after `close()`. */
export class ClosedError extends GraphError {
  override readonly name = "ClosedError";
  declare readonly code: "closed";
  constructor(message: string, facts: GraphFacts, options?: Cause) {
    super("closed", message, facts, options);
  }
}

/** A request that must not be repeated may have taken effect, or may not. */
export class AmbiguousError extends GraphError {
  override readonly name = "AmbiguousError";
  declare readonly code: "ambiguous";
  constructor(message: string, facts: GraphFacts, options?: Cause) {
    super("ambiguous", message, facts, options);
  }
}
