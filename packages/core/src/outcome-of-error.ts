import { isGraphError } from "./errors/graph-error.ts";
import type { GraphError } from "./errors/graph-error.ts";
import type { Unread } from "./delivery/platform.ts";
import type { Outcome, Reason } from "./intent/outcome.ts";

const CREDENTIALS_WAIT_MS = 5_000;
const PERMISSION_WAIT_MS = 2_000;

/** Graph codes that limit the whole app, and those that concern one user and delay only that lane. */
const APP_LIMITS: ReadonlySet<number> = new Set([4, 341, 613]);
const USER_LIMITS: ReadonlySet<number> = new Set([17, 32]);

/**
 * How a failed write ends its attempt. `accumulating` writes that may have taken effect are ambiguous, whatever the
 * error says; everything else is either worth another try or a refusal that the platform itself put into its envelope.
 */
export function outcomeOfError(thrown: unknown, accumulating: boolean): Exclude<Outcome, { status: "delivered" }> {
  // An ambiguous end says by its cause what happened.
  const error = isGraphError(thrown) && thrown.code === "ambiguous" ? (thrown.cause ?? thrown) : thrown;
  if (!isGraphError(error)) {
    return accumulating
      ? { status: "ambiguous", reason: "no-answer" }
      : { status: "retryable", reason: "no-answer", maybeApplied: true };
  }
  const maybeApplied = error.applied === "maybe";
  const detail = error.message;
  if (maybeApplied && accumulating) return { status: "ambiguous", reason: reasonOf(error), detail };
  const refused = refusal(error);
  return refused ?? { ...waiting(error), status: "retryable", detail, ...(maybeApplied ? { maybeApplied } : {}) };
}

/** How a failed read leaves whoever asked. */
export function unreadOfError(error: unknown): Unread {
  if (!isGraphError(error)) return { status: "unread", reason: "no-answer" };
  return { ...waiting(error), status: "unread", detail: error.message };
}

/** The platform itself says that there is no such object. */
export function isUnknown(error: unknown): boolean {
  return isGraphError(error) && error.code === "not_found" && error.graphCode !== undefined;
}

/** The platform itself refused what was asked of a user: perhaps since it has no such user. */
export function isOfUser(error: unknown): boolean {
  return (
    isUnknown(error) || (isGraphError(error) && error.code === "invalid_parameter" && error.graphCode !== undefined)
  );
}

/** What the platform refused for good. A refusal without its envelope is some proxy's word, and never final. */
function refusal(error: GraphError): Extract<Outcome, { status: "rejected" }> | undefined {
  if (error.graphCode === undefined) return undefined;
  const detail = { detail: error.message };
  switch (error.code) {
    case "user_token":
      return { status: "rejected", reason: "user-token", ...detail };
    case "not_found":
      return { status: "rejected", reason: "refused-user", ...detail };
    case "invalid_parameter":
      return { status: "rejected", reason: "refused-parameter", ...detail };
    case "platform_error":
      return { status: "rejected", reason: "platform-error", ...detail };
    default:
      return undefined;
  }
}

function waiting(error: GraphError): Pick<Unread, "reason" | "afterMs" | "appWide" | "ofUser"> {
  const reason = reasonOf(error);
  const ordered = error.retryAfterMs;
  switch (reason) {
    case "credentials":
      return { reason, appWide: true, afterMs: ordered ?? CREDENTIALS_WAIT_MS };
    case "permission":
      return { reason, afterMs: ordered ?? PERMISSION_WAIT_MS };
    case "rate-limited": {
      const { graphCode = 0 } = error;
      const whose = APP_LIMITS.has(graphCode) ? { appWide: true } : USER_LIMITS.has(graphCode) ? { ofUser: true } : {};
      return { reason, ...whose, ...(ordered === undefined ? {} : { afterMs: ordered }) };
    }
    default:
      return { reason, ...(ordered === undefined ? {} : { afterMs: ordered }) };
  }
}

function reasonOf(error: GraphError): Reason {
  switch (error.code) {
    case "app_credentials":
      return "credentials";
    case "permission":
      return "permission";
    case "rate_limited":
      return "rate-limited";
    case "platform_unavailable":
      return "platform-unavailable";
    case "unreadable_answer":
      return "unreadable-answer";
    case "user_token":
      return "user-token";
    case "not_found":
      return "refused-user";
    case "invalid_parameter":
      return "refused-parameter";
    case "platform_error":
      return "platform-error";
    default:
      return error.applied === "no" ? "not-connected" : "no-answer";
  }
}
