import { QuestlineError } from "../errors/questline-error.ts";

/**
 * What was refused: `token` is wrong, expired or revoked; `other-app` is a token of another app; `other-user` is a good
 * token of another user than the one it was provided for; `nonce` is spent, expired, or of another user or app.
 */
export type Refusal = "token" | "other-app" | "other-user" | "nonce";

/** A user's proof was read and refused. */
export class IdentityRefusedError extends QuestlineError {
  override readonly name = "IdentityRefusedError";
  declare readonly code: "identity_refused";
  readonly refusal: Refusal;

  constructor(refusal: Refusal, message: string, options?: { readonly cause?: unknown }) {
    super("identity_refused", message, options);
    this.refusal = refusal;
  }
}
