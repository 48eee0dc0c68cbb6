import type { LatencyWatch } from "./latency-watch.ts";
import { createLatencyWatch } from "./latency-watch.ts";

/** A slow platform costs a fifth of the limit for each window of answers, one that limits us half of it. */
const SLOWED = 0.8;
const LIMITED = 0.5;

/** Assumed: the platform throttles an app whose usage reaches 100 percent; from here on we slow down on the way there. */
const HIGH_USAGE = 80;
/** What was said of usage holds this long, ms. */
const USAGE_HOLDS_MS = 60_000;

/** What a permit was for: they are timed apart, since a read of many rows takes longer than a write of one. */
export type Kind = "read" | "write";

export interface TimedAnswer {
  readonly kind: Kind;
  /** Monotonic ms. */
  readonly sentAt: number;
  readonly answeredAt: number;
  /** All permits were in use or waited for: more of them would have been taken. */
  readonly isInDemand: boolean;
}

/**
 * How many requests may be under way: between 1 and `most`, where it starts. A limit the platform names halves it, once
 * for what was under way together; answers that take much longer than they used to take a fifth off; each good answer
 * gives some back where permits are short: one while below where it last fell from, so that it doubles in the time of
 * an answer, and then ever less. Usage near the platform's allowance caps it from above for a while.
 */
export class AdaptiveLimit {
  readonly most: number;
  #limit: number;
  /** Up to here it grows fast. */
  #knee: number;
  /** Monotonic ms; what was sent before says nothing of the limit since. */
  #fellAt = Number.NEGATIVE_INFINITY;
  #usage: { readonly percent: number; readonly until: number } | undefined;
  readonly #watches: Readonly<Record<Kind, LatencyWatch>> = { read: createLatencyWatch(), write: createLatencyWatch() };

  constructor(most: number) {
    this.most = most;
    this.#limit = most;
    this.#knee = most;
  }

  /** `now`: monotonic ms. */
  at(now: number): number {
    const { percent, until } = this.#usage ?? { percent: 0, until: now };
    const cap = percent <= HIGH_USAGE || now >= until ? 1 : Math.max(0, 100 - percent) / (100 - HIGH_USAGE);
    return Math.max(1, Math.floor(Math.min(this.#limit, this.most * cap)));
  }

  good({ kind, sentAt, answeredAt, isInDemand }: TimedAnswer): void {
    const pace = this.#watches[kind].hear(answeredAt - sentAt, Math.floor(this.#limit));
    if (pace === "slowed") this.#fall(SLOWED, answeredAt);
    else if (pace === "steady" && isInDemand) {
      this.#limit = Math.min(this.most, this.#limit + (this.#limit < this.#knee ? 1 : 1 / Math.sqrt(this.#limit)));
    }
  }

  /** The platform limits the app. */
  limited(sentAt: number, now: number): void {
    if (sentAt > this.#fellAt) this.#fall(LIMITED, now);
  }

  /** From one on, fast up to where it was: after a time without answers. */
  restart(): void {
    this.#knee = Math.max(this.#knee, this.#limit);
    this.#limit = 1;
  }

  /** The platform said how much of the app's allowance is used. */
  usage(percent: number, now: number): void {
    this.#usage = { percent, until: now + USAGE_HOLDS_MS };
  }

  #fall(factor: number, now: number): void {
    this.#limit = Math.max(1, this.#limit * factor);
    this.#knee = this.#limit;
    this.#fellAt = now;
  }
}
