import type { Clock } from "./runtime/clock.ts";

export interface RateLimits {
  /** Passes per minute; as many may come in one burst. */
  readonly mostPerMinute: number;
  /** Passes under way. */
  readonly mostAtOnce: number;
}

/** Lets so many through per minute and at once; answers how long to wait otherwise. */
export class RateGate {
  readonly #limits: RateLimits;
  readonly #clock: Pick<Clock, "monotonic">;
  /** When everything let through so far would have come, had it come evenly; monotonic ms. */
  #evenlyUntil = 0;
  #underWay = 0;

  constructor(limits: RateLimits, clock: Pick<Clock, "monotonic">) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /** Runs `step`, or answers the seconds to wait. Rejects as `step`. */
  async pass<T>(step: () => Promise<T>): Promise<T | { readonly waitSeconds: number }> {
    const { mostPerMinute, mostAtOnce } = this.#limits;
    const now = this.#clock.monotonic();
    const evenlyUntil = Math.max(this.#evenlyUntil, now) + 60_000 / mostPerMinute;
    const early = evenlyUntil - now - 60_000;
    if (early > 0.001) return { waitSeconds: Math.ceil(early / 1_000) };
    if (this.#underWay >= mostAtOnce) return { waitSeconds: 1 };
    this.#evenlyUntil = evenlyUntil;
    this.#underWay++;
    try {
      return await step();
    } finally {
      this.#underWay--;
    }
  }
}
