/** Runs `step` after the current turn of the event loop, so that what happens together is handled together. */
export function soon(step: () => void): void {
  setImmediate(step);
}
