import { logger } from "@colyseus/core";

/** Speaks through Colyseus's logger. Fields never hold a credential. A broken logger never breaks a room. */
export function warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  try {
    logger.warn(`questline: ${message}`, fields);
  } catch {
    // There is nowhere left to say it.
  }
}

/** The error's own words, for a log line. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
}

/** A Questline that was closed, as at an orderly shutdown, cannot be asked any more: that is no failure. */
export function isClosed(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "closed";
}

/** Says that something could not be done, unless that is because Questline was closed. */
export function warnOf(message: string, error: unknown, fields: Readonly<Record<string, unknown>> = {}): void {
  if (!isClosed(error)) warn(message, { ...fields, error: wordsOf(error) });
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
