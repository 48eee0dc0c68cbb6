import { logger } from "@colyseus/core";

/** Speaks through Colyseus's logger. Fields never hold a credential. A broken logger never breaks a room. */
export function warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  try {
    logger.warn(`questline: ${message}`, fields);
  } catch {
    // There is nowhere left to say it.
  }
}

/** The error's own words and those of its cause, for a log line. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const words = `${error.name}: ${error.message}`;
  const { cause } = error;
  return cause instanceof Error && !words.includes(cause.message) ? `${words} (cause: ${cause.message})` : words;
}

/** Runs `step` of the plugin's own doing; what it throws is logged and goes no further. */
export function guarded<T>(doing: string, step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    warn(`${doing} failed`, { error: wordsOf(error) });
    return undefined;
  }
}
