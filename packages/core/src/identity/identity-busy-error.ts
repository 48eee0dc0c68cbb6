import { QuestlineError } from "../errors/questline-error.ts";

/** Too many proofs came at once, from one address or from all: the platform was not asked, and the proof is as good as before. */
export class IdentityBusyError extends QuestlineError {
  override readonly name = "IdentityBusyError";
  declare readonly code: "identity_busy";
  /** When to try again, ms from now. */
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super(
      "identity_busy",
      "Too many proofs of who players are came at once; this one was not looked at. Try it again.",
    );
    this.retryAfterMs = retryAfterMs;
  }
}
