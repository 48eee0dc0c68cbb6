import { expect, test } from "vitest";
import { IdentityBusyError } from "./identity-busy-error.ts";
import { IdentityRefusedError } from "./identity-refused-error.ts";
import { refusalOf } from "./refusal-of.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { PermissionError, PlatformUnavailableError, UserTokenError } from "../errors/refused-errors.ts";
import { AmbiguousError, NoAnswerError } from "../errors/unanswered-errors.ts";

const facts = { operation: "users.me", applied: "no", transient: false, retryable: false } as const;

test.each([
  [new QuestlineError("bad_input", "The user token must be text."), 401, "proof_refused"],
  [new IdentityRefusedError("token", "expired"), 401, "proof_refused"],
  [new IdentityRefusedError("nonce", "used before"), 401, "proof_refused"],
  [new IdentityRefusedError("other-app", "another"), 403, "other_app"],
  [new IdentityRefusedError("other-user", "another"), 403, "other_user"],
  [new UserTokenError("190", facts), 401, "proof_refused"],
  [new PermissionError("(#10) of the app", facts), 503, "try_later"],
  [new PlatformUnavailableError("HTTP 503", facts), 503, "try_later"],
  [new NoAnswerError("reset", facts), 503, "try_later"],
  [new AmbiguousError("unknown", { ...facts, applied: "maybe" }), 503, "try_later"],
  [new TypeError("a bug"), 503, "try_later"],
  ["thrown text", 503, "try_later"],
])("%s is told as %i %s, without its words", (error, status, code) => {
  expect(refusalOf(error)).toEqual({ status, code });
});

test("who came too often is told when to come again", () => {
  expect(refusalOf(new IdentityBusyError(1_500))).toEqual({ status: 429, code: "too_many", retryAfterMs: 1_500 });
});
