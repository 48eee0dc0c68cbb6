import { QuestlineError } from "../errors/questline-error.ts";
import type { ErrorCode } from "../errors/questline-error.ts";

export interface NotYetOptions {
  /** Who has it, in words, where that is the reason and known. */
  readonly holder?: string | undefined;
  readonly cause?: unknown;
}

/** A store cannot be used for a reason that may pass: whoever opens it may try again. */
export class NotYet extends QuestlineError {
  readonly holder: string | undefined;

  constructor(code: ErrorCode, message: string, { holder, cause }: NotYetOptions = {}) {
    super(code, message, { cause });
    this.holder = holder;
  }
}
