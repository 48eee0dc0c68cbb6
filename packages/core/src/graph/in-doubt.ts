import type { OperationName } from "./operation.ts";
import { operations } from "./semantics.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { AmbiguousError } from "../errors/unanswered-errors.ts";

/** The error of a request that must not be repeated: `ambiguous`, with what to do, where it may have taken effect. */
export function inDoubt(error: unknown, operation: OperationName): unknown {
  if (!isGraphError(error) || error.applied === "no") return error;
  const { inDoubt: advice = "" } = operations[operation];
  const { status, graphCode, graphSubcode, graphType, traceId, retryAfterMs } = error;
  const facts = {
    operation,
    applied: "maybe",
    transient: false,
    retryable: false,
    status,
    graphCode,
    graphSubcode,
    graphType,
    traceId,
    retryAfterMs,
  } as const;
  const words = `${operation}: it is unknown whether it took effect, and it was not sent again. ${advice}`;
  return new AmbiguousError(words, facts, { cause: error });
}
