import { expect, test } from "vitest";
import { outcomeOfError } from "./outcome-of-error.ts";
import { AmbiguousError, NoAnswerError } from "./errors/unanswered-errors.ts";
import { PlatformUnavailableError } from "./errors/refused-errors.ts";

const facts = { operation: "achievements.write", applied: "maybe", transient: true, retryable: false } as const;

test.each([
  [new PlatformUnavailableError("down", facts), "platform-unavailable"],
  [new NoAnswerError("reset", facts), "no-answer"],
])("an ambiguous count ends for the reason of its cause", (cause, reason) => {
  const error = new AmbiguousError("lost", { ...facts, transient: false }, { cause });
  expect(outcomeOfError(error, true)).toMatchObject({ status: "ambiguous", reason });
});

test("an ambiguous end without a cause is one without an answer", () => {
  expect(outcomeOfError(new AmbiguousError("lost", facts), true)).toMatchObject({
    status: "ambiguous",
    reason: "no-answer",
  });
});
