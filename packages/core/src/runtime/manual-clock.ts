import type { Clock } from "./clock.ts";

/** A clock that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Moves time on, firing every timer on its way in order, and lets promises settle between timers. */
  advance(ms: number): Promise<void>;
  /** Timers that wait. */
  readonly waiting: number;
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Turns of the event loop that follow each timer: more than any chain of in-process steps needs. */
const TURNS = 25;

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Makes a clock for tests; wall and monotonic time start at `startMs` (default 1 700 000 000 000) and 0. */
export function manualClock(startMs = 1_700_000_000_000): ManualClock {
  let elapsed = 0;
  let order = 0;
  const waiting = new Set<Waiting>();
  const earliest = (until: number): Waiting | undefined =>
    [...waiting].filter((w) => w.at <= until).sort((a, b) => a.at - b.at || a.order - b.order)[0];

  return {
    now: () => startMs + elapsed,
    monotonic: () => elapsed,
    after(delayMs, wake) {
      const entry: Waiting = { at: elapsed + Math.max(0, delayMs), order: order++, wake };
      waiting.add(entry);
      return { cancel: () => void waiting.delete(entry) };
    },
    async advance(ms) {
      const until = elapsed + ms;
      await settle();
      for (let next = earliest(until); next !== undefined; next = earliest(until)) {
        waiting.delete(next);
        elapsed = Math.max(elapsed, next.at);
        next.wake();
        await settle();
      }
      elapsed = until;
      await settle();
    },
    get waiting() {
      return waiting.size;
    },
  };
}
