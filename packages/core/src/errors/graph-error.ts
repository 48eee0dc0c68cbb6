import { isQuestlineError, QuestlineError, type ErrorCode } from "./questline-error.ts";

/** Whether the request may have taken effect: `no` is certain (and always so for reads), `maybe` is everything else. */
export type Applied = "no" | "maybe";

/** What is known about a call that did not succeed. No member ever holds a secret. */
export interface GraphFacts {
  /** The call, such as `achievements.write`. */
  readonly operation: string;
  readonly applied: Applied;
  /** The same request may succeed later: limits, outages, lost connections. */
  readonly transient: boolean;
  /** This very call may be repeated without harm: transient and certainly not applied; false if the caller aborted it. */
  readonly retryable: boolean;
  /** The HTTP status, where headers arrived. */
  readonly status?: number | undefined;
  /** `error.code` of the platform's envelope. */
  readonly graphCode?: number | undefined;
  readonly graphSubcode?: number | undefined;
  readonly graphType?: string | undefined;
  /** `error.fbtrace_id`: what Meta's support asks for. */
  readonly traceId?: string | undefined;
  /** The wait the platform ordered (`Retry-After`), ms. */
  readonly retryAfterMs?: number | undefined;
  /** A time limit ended it. */
  readonly timedOut?: true | undefined;
}

const KNOWN = ["status", "graphCode", "graphSubcode", "graphType", "traceId", "retryAfterMs", "timedOut"] as const;

/** A call to the platform that did not succeed. Switch on `code`, or on the class. */
export class GraphError extends QuestlineError implements GraphFacts {
  override readonly name: string = "GraphError";
  declare readonly operation: string;
  declare readonly applied: Applied;
  declare readonly transient: boolean;
  declare readonly retryable: boolean;
  declare readonly status?: number;
  declare readonly graphCode?: number;
  declare readonly graphSubcode?: number;
  declare readonly graphType?: string;
  declare readonly traceId?: string;
  declare readonly retryAfterMs?: number;
  declare readonly timedOut?: true;

  constructor(code: ErrorCode, message: string, facts: GraphFacts, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    const { operation, applied, transient, retryable } = facts;
    Object.assign(this, { operation, applied, transient, retryable });
    for (const key of KNOWN) {
      if (facts[key] !== undefined) Object.assign(this, { [key]: facts[key] });
    }
  }
}

/** True for an error of a platform call, also one made by another copy of the package. */
export function isGraphError(error: unknown): error is GraphError {
  return error instanceof GraphError || (isQuestlineError(error) && "applied" in error && "operation" in error);
}
