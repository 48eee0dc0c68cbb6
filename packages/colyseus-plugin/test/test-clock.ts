import type { Clock } from "../src/runtime/clock.ts";

export interface TestClock extends Clock {
  advance(ms: number): void;
  /** Timers that wait. */
  readonly waiting: number;
}

/** A clock that stands still until it is told to move. */
export function testClock(): TestClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly wake: () => void }>();
  return {
    monotonic: () => now,
    after(delayMs, wake) {
      const timer = { at: now + delayMs, wake };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    advance(ms) {
      const until = now + ms;
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (!next) break;
        timers.delete(next);
        now = next.at;
        next.wake();
      }
      now = until;
    },
    get waiting() {
      return timers.size;
    },
  };
}
