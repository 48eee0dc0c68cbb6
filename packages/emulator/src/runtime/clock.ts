/** Wall time and timers. The only way time enters the emulator. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Runs `run` after `delayMs` milliseconds; the answer cancels it. */
  schedule(delayMs: number, run: () => void): () => void;
}

/** A timer of the system fires at once when asked to wait longer, so a long wait is several. */
const LONGEST_TIMER_MS = 2_147_483_647;

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, run) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number): void => {
      const ms = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > ms ? wait(leftMs - ms) : run()), ms);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};
