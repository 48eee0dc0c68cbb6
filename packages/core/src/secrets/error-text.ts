import { scrub } from "./scrub.ts";

/** Causes may lead back to their error. */
const MOST_CAUSES = 4;

/** An error's words for a log, with those of its causes, without what looks like a token. */
export function errorText(error: unknown): string {
  let text = String(error);
  let cause = causeOf(error);
  for (let causes = 0; cause !== undefined && causes < MOST_CAUSES; causes += 1) {
    const words = cause instanceof Error ? cause.message : String(cause);
    if (!text.includes(words)) text += ` (cause: ${String(cause)})`;
    cause = causeOf(cause);
  }
  return scrub(text, []);
}

const causeOf = (error: unknown): unknown => (error instanceof Error ? error.cause : undefined);
