import type { Clock } from "./runtime/clock.ts";

/** One change of a player's progress that is under way. */
export interface ProgressHold {
  /** It has ended, but may still take effect for so long; 0: it cannot. */
  end(forMs: number): void;
}

/** Until when each player's progress may still change: several changes may be under way, and the last to end counts. */
export class ProgressHolds {
  readonly #clock: Clock;
  /** By user, monotonic ms. */
  readonly #until = new Map<string, Set<{ until: number }>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(user: string, forMs: number): ProgressHold {
    const holds = this.#until.get(user) ?? new Set();
    const hold = { until: this.#clock.monotonic() + forMs };
    this.#until.set(user, holds.add(hold));
    return { end: (stillMs) => void (hold.until = this.#clock.monotonic() + stillMs) };
  }

  /** How long to wait from now on, ms. */
  left(user: string): number {
    const now = this.#clock.monotonic();
    const holds = this.#until.get(user) ?? new Set();
    for (const hold of holds) if (hold.until <= now) holds.delete(hold);
    if (holds.size === 0) this.#until.delete(user);
    return Math.max(0, ...[...holds].map(({ until }) => until - now));
  }
}
