/** The part of a clock that waits between two asks. Milliseconds. */
export interface Clock {
  monotonic(): number;
  /** Calls `wake` once after `delayMs`. The timer never keeps a process alive by itself. */
  after(delayMs: number, wake: () => void): { cancel(): void };
}

/** The machine's own time. */
export const systemClock: Clock = {
  monotonic: () => performance.now(),
  after(delayMs, wake) {
    const handle = setTimeout(wake, delayMs);
    handle.unref();
    return { cancel: () => clearTimeout(handle) };
  },
};

/** Calls `then` when the running turn of the event loop, its promise callbacks included, is over. */
export function afterThisTurn(then: () => void): void {
  setImmediate(then);
}

/** Keeps the process from ending by itself until the answer is called, however little it has to wait for. */
export function holdProcess(): () => void {
  const handle = setInterval(() => {}, 60_000);
  return () => clearInterval(handle);
}

/** Real time passes, where a test waits for sockets. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
