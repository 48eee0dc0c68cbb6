/** Why something could not be done. The errors of the platform client (`GraphError`) use the same union. */
export type ErrorCode =
  /** An argument or option is wrong; the message says which and what to do. */
  | "bad_input"
  /** Used after `close()`. */
  | "closed"
  /** A deadline passed or the caller's signal aborted. */
  | "aborted"
  /** Another process holds the store. */
  | "store_locked"
  /** The store cannot be opened, read or written: corrupt, read-only, disk full. */
  | "store_unusable"
  /** The store was written by a newer version. */
  | "store_newer"
  /** Something cannot be deleted, since results are still owed. */
  | "still_owed"
  /** A lease token that is no longer current. */
  | "stale_lease"
  /** The platform refused a parameter (Graph code 100 and its kin). */
  | "invalid_parameter"
  /** No such object, or not ours to see (Graph 100/33, 803). */
  | "not_found"
  /** The app token is refused (Graph 190 on the app token). */
  | "app_credentials"
  /** The user token is refused, expired or missing (Graph 190, 102, 2500 on a user token). */
  | "user_token"
  /** The app may not do this (Graph 3, 10, 200 to 299). */
  | "permission"
  /** HTTP 429, Graph 4, 17, 32, 341, 368, 613. */
  | "rate_limited"
  /** HTTP 5xx, Graph 1 without a subcode, 2, or marked transient. */
  | "platform_unavailable"
  /** Any other envelope. */
  | "platform_error"
  /** An answer arrived that is not of the API: HTML, truncated, empty, too large, another shape. */
  | "unreadable_answer"
  /** No answer: DNS, TCP, TLS, reset, time-out. */
  | "no_answer"
  /** A request that must not be repeated may have taken effect, or may not. */
  | "ambiguous"
  /** A user's proof was read and refused. */
  | "identity_refused"
  /** Too many proofs came at once: this one was not looked at. */
  | "identity_busy";

const mark: unique symbol = Symbol.for("questline.error") as never;

/** Base of every error Questline throws. Narrow by `code`. */
export class QuestlineError extends Error {
  override readonly name: string = "QuestlineError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, mark, { value: true });
  }
}

/** True for a Questline error, also one made by another copy of the package. */
export function isQuestlineError(error: unknown): error is QuestlineError {
  return error instanceof Error && (error instanceof QuestlineError || mark in error);
}
