/** Ends of the thread within `WITHIN_MS` after which it is started again. One more, and it is not. */
const MOST = 5;
const WITHIN_MS = 10 * 60_000;
const FIRST_WAIT_MS = 100;
const GROWTH = 4;

/**
 * How long to wait before the thread is started again, ms: 0.1 s after one end, then four times as long each time, up to
 * 25.6 s. Undefined: it ends too often to go on. `ends` are monotonic ms, the newest included.
 */
export function waitBeforeRestart(ends: readonly number[], now: number): number | undefined {
  const lately = ends.filter((at) => at > now - WITHIN_MS).length;
  return lately > MOST ? undefined : FIRST_WAIT_MS * GROWTH ** Math.max(0, lately - 1);
}
