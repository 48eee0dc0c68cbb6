import { GraphError, type GraphFacts } from "./graph-error.ts";

/** The platform refused a parameter (Graph 100 without subcode 33; a bare 400). */
export class InvalidParameterError extends GraphError {
  override readonly name = "InvalidParameterError";
  declare readonly code: "invalid_parameter";
  constructor(message: string, facts: GraphFacts) {
    super("invalid_parameter", message, facts);
  }
}

/** No such object, or not this app's to see (Graph 100/33, 803; a bare 404). */
export class NotFoundError extends GraphError {
  override readonly name = "NotFoundError";
  declare readonly code: "not_found";
  constructor(message: string, facts: GraphFacts) {
    super("not_found", message, facts);
  }
}

/** The app id or secret is refused: wrong, or the secret was regenerated. */
export class AppCredentialsError extends GraphError {
  override readonly name = "AppCredentialsError";
  declare readonly code: "app_credentials";
  constructor(message: string, facts: GraphFacts, options?: { readonly cause?: unknown }) {
    super("app_credentials", message, facts, options);
  }
}

/** A player's token is refused, expired or missing: ask that player for a fresh one. */
export class UserTokenError extends GraphError {
  override readonly name = "UserTokenError";
  declare readonly code: "user_token";
  constructor(message: string, facts: GraphFacts) {
    super("user_token", message, facts);
  }
}

/** The app may not do this (Graph 3, 10, 200 to 299; a bare 403). */
export class PermissionError extends GraphError {
  override readonly name = "PermissionError";
  declare readonly code: "permission";
  constructor(message: string, facts: GraphFacts) {
    super("permission", message, facts);
  }
}

/** Too many requests, or blocked for a while (HTTP 429, Graph 4, 17, 32, 341, 368, 613). */
export class RateLimitedError extends GraphError {
  override readonly name = "RateLimitedError";
  declare readonly code: "rate_limited";
  constructor(message: string, facts: GraphFacts) {
    super("rate_limited", message, facts);
  }
}

/** The platform is down or says so (HTTP 5xx, Graph 1 without a subcode, 2, or marked transient). */
export class PlatformUnavailableError extends GraphError {
  override readonly name = "PlatformUnavailableError";
  declare readonly code: "platform_unavailable";
  constructor(message: string, facts: GraphFacts, options?: { readonly cause?: unknown }) {
    super("platform_unavailable", message, facts, options);
  }
}

/** Any other error envelope. */
export class PlatformError extends GraphError {
  override readonly name = "PlatformError";
  declare readonly code: "platform_error";
  constructor(message: string, facts: GraphFacts) {
    super("platform_error", message, facts);
  }
}
