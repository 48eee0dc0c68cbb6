/** A pending wake-up; cancelling twice is harmless. */
export interface Timer {
  cancel(): void;
}

/** Time, handed in. Milliseconds everywhere. */
export interface Clock {
  /** Wall time, ms since the epoch: what is stored and compared across processes. */
  now(): number;
  /** Monotonic time, ms: what is measured inside one process. */
  monotonic(): number;
  /** Calls `wake` once after `delayMs`. The timer never keeps a process alive by itself. */
  after(delayMs: number, wake: () => void): Timer;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, wake) {
    const handle = setTimeout(wake, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Resolves after `delayMs` by `clock`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.after(delayMs, () => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    });
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
