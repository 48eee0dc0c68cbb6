/** Where Questline speaks: the shape of pino, console and Colyseus's logger. Fields never hold a secret. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const ignore = (): void => {};

/** Says nothing. */
export const silentLogger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Warnings and errors on stderr, one line each: the default. */
export const stderrLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: (fields, message) => process.stderr.write(`questline warning: ${message} ${JSON.stringify(fields)}\n`),
  error: (fields, message) => process.stderr.write(`questline error: ${message} ${JSON.stringify(fields)}\n`),
};
