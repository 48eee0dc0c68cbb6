import type { IdentityBusyError } from "./identity-busy-error.ts";
import type { IdentityRefusedError } from "./identity-refused-error.ts";
import { isQuestlineError } from "../errors/questline-error.ts";

/** What a client may be told of why its player was not verified. */
export interface PlayerRefusal {
  /** HTTP status. */
  readonly status: 401 | 403 | 429 | 503;
  /**
   * `proof_refused`: missing, wrong, expired or used; get a new one. `other_app`, `other_user`: good, but not for this game
   * or not of this player. `too_many`: try the same proof again later. `try_later`: nobody could say now.
   */
  readonly code: "proof_refused" | "other_app" | "other_user" | "too_many" | "try_later";
  /** When to try again, ms from now. */
  readonly retryAfterMs?: number;
}

/**
 * What to tell a client whose proof `verifyToken` or `verifyNonce` did not take. The error's own words are for the server's
 * log: they speak of the app and its state at the platform.
 */
export function refusalOf(error: unknown): PlayerRefusal {
  if (!isQuestlineError(error)) return { status: 503, code: "try_later" };
  switch (error.code) {
    case "bad_input":
    case "user_token":
      return { status: 401, code: "proof_refused" };
    case "identity_refused":
      return refused(error as Partial<IdentityRefusedError>);
    case "identity_busy":
      return { status: 429, code: "too_many", retryAfterMs: (error as IdentityBusyError).retryAfterMs };
    default:
      return { status: 503, code: "try_later" };
  }
}

function refused({ refusal }: Partial<IdentityRefusedError>): PlayerRefusal {
  if (refusal === "other-app") return { status: 403, code: "other_app" };
  if (refusal === "other-user") return { status: 403, code: "other_user" };
  return { status: 401, code: "proof_refused" };
}
