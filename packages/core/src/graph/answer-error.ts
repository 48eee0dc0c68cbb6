import { applied } from "./applied.ts";
import { classify, type AnswerCode } from "./classify.ts";
import type { Envelope } from "./envelope.ts";
import { readRetryAfter } from "./retry-after.ts";
import type { GraphResponse } from "./transport.ts";
import type { GraphError, GraphFacts } from "../errors/graph-error.ts";
import * as refused from "../errors/refused-errors.ts";
import { UnreadableAnswerError } from "../errors/unanswered-errors.ts";
import { scrub } from "../secrets/scrub.ts";
import type { Secret } from "../secrets/secret.ts";

/** What was asked, as far as reading its answer needs it. */
export interface Asked {
  readonly operation: string;
  readonly kind: "read" | "write";
  readonly actsFor: "app" | "user";
  /** All that the request held; none of it may come back in an error. */
  readonly secrets: readonly Secret[];
  /** Wall ms. */
  readonly nowMs: number;
}

const CLASSES: Readonly<Record<AnswerCode, new (message: string, facts: GraphFacts) => GraphError>> = {
  invalid_parameter: refused.InvalidParameterError,
  not_found: refused.NotFoundError,
  app_credentials: refused.AppCredentialsError,
  user_token: refused.UserTokenError,
  permission: refused.PermissionError,
  rate_limited: refused.RateLimitedError,
  platform_unavailable: refused.PlatformUnavailableError,
  platform_error: refused.PlatformError,
  unreadable_answer: UnreadableAnswerError,
};

const ADVICE: Partial<Record<AnswerCode, string>> = {
  app_credentials: " Check app.id and app.secret: regenerating the secret revokes the old one at once.",
  user_token: " Ask the player's client for a fresh user token.",
  permission: " Check the token kind, the write policy and the app's Data Use Checkup.",
};

/** The error of an answer that refuses, with or without an envelope. */
export function refusalError(response: GraphResponse, envelope: Envelope | undefined, asked: Asked): GraphError {
  const { code, transient } = classify({ status: response.status, envelope, actsFor: asked.actsFor });
  const hidden = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : scrub(text, asked.secrets).slice(0, 300);
  const said = hidden(envelope?.message);
  const graph = envelope?.code === undefined ? "" : `, Graph code ${envelope.code}${subcodeText(envelope.subcode)}`;
  const message =
    `${asked.operation} was refused (HTTP ${response.status}${graph})` +
    `${said === undefined ? "." : `: ${JSON.stringify(said)}.`}${ADVICE[code] ?? ""}`;
  return new CLASSES[code](message, {
    ...factsOf(response, transient, asked, envelope),
    graphCode: envelope?.code,
    graphSubcode: envelope?.subcode,
    graphType: hidden(envelope?.type),
    traceId: hidden(envelope?.traceId),
  });
}

/** The error of an answer that is not of the API. `what` must not quote the answer. */
export function unreadableError(response: GraphResponse, what: string, asked: Asked): UnreadableAnswerError {
  const message = `${asked.operation} got an answer that cannot be read (HTTP ${response.status}): ${what}.`;
  return new UnreadableAnswerError(message, factsOf(response, true, asked));
}

function factsOf(response: GraphResponse, transient: boolean, asked: Asked, envelope?: Envelope): GraphFacts {
  const certainty = applied({ kind: asked.kind, handedOver: true, status: response.status, envelope });
  return {
    operation: asked.operation,
    applied: certainty,
    transient,
    retryable: transient && certainty === "no",
    status: response.status,
    retryAfterMs: readRetryAfter(response.headers["retry-after"], asked.nowMs),
  };
}

const subcodeText = (subcode: number | undefined): string => (subcode === undefined ? "" : `/${subcode}`);
