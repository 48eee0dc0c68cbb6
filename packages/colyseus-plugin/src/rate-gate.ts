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

/** Addresses whose gates are kept; the least used goes first, and has passed nothing lately. */
const MOST_ADDRESSES = 10_000;
export interface AddressLimits {
  readonly each: RateLimits;
  /** Of all whose address is not known. */
  readonly unknown: RateLimits;
}

/** A gate for each address. */
export class AddressGates {
  readonly #limits: AddressLimits;
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #gates = new Map<string, RateGate>();

  constructor(limits: AddressLimits, clock: Pick<Clock, "monotonic">) {
    this.#limits = limits;
    this.#clock = clock;
  }

  of(address: string | undefined): RateGate {
    const key = address ?? "";
    const limits = address === undefined ? this.#limits.unknown : this.#limits.each;
    const gate = this.#gates.get(key) ?? new RateGate(limits, this.#clock);
    this.#gates.delete(key);
    this.#gates.set(key, gate);
    for (const oldest of this.#gates.keys()) {
      if (this.#gates.size <= MOST_ADDRESSES) break;
      this.#gates.delete(oldest);
    }
    return gate;
  }
}
