/** Colyseus's news stay out of the demo's output; what goes wrong does not. */
export const quietLogger = {
  debug(): void {},
  trace(): void {},
  info(): void {},
  warn(...words: unknown[]): void {
    console.warn("game:", ...words);
  },
  error(...words: unknown[]): void {
    console.error("game:", ...words);
  },
};
