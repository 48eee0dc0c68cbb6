import { format } from "node:util";
import { settings } from "./settings.ts";

const ignore = (): void => {};
const say = (...words: unknown[]): void => {
  process.stderr.write(`game: ${format(...words).replaceAll(/\s*\n\s*/g, " ")}\n`);
};

/** Colyseus's and Questline's news stay out of the demo's output, a line each for what goes wrong. */
export const quietLogger = {
  debug: ignore,
  trace: ignore,
  info: ignore,
  warn: settings.quiet ? ignore : say,
  error: say,
};
