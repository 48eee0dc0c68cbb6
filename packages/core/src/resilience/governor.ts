import type { Clock, Timer } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { AdaptiveLimit } from "./adaptive-limit.ts";
import type { Kind } from "./adaptive-limit.ts";
import { OutageWatch } from "./outage-watch.ts";

/**
 * Hands out permits for requests, and learns from their answers.
 *
 * *Open*: as many permits are in use as the adaptive limit says. *Paused*: the platform refuses the whole app, and none is
 * given until the time it named. *Probing*: one at a time, with growing waits between them, until an answer is good.
 *
 *   open ── the app is refused, or limited on half of the last answers ──▶ paused ── its time is over ──▶ probing
 *    ▲ └── ten failures in a row, nothing good between them ────────────────────────────────────────────▶ probing
 *    └── a good answer ◀─────────────────────────────────────────────────────────────────────────────────────┘
 *
 * Nobody waits while it is not open: who asks then, and who waited when it ended, goes without and comes back later. What
 * was sent before a pause proves nothing about it; of an outage any good answer is the end. It opens with one permit,
 * and grows from there.
 */
export interface Governor<Why extends string = string> {
  /** Permits in use at most while it is open. */
  readonly limit: number;
  /** Whether a permit could be had now. */
  readonly isFree: boolean;
  /** Set while it is not open. */
  readonly held: Hold<Why> | undefined;
  /** A permit, first come first served; undefined where none is to be had: not open, or closed. */
  acquire(wish: Wish): Promise<Permit<Why> | undefined>;
  /** The platform said how much of the app's allowance is used. */
  usage(percent: number): void;
  throttle(): Throttle<Why>;
  /** Calls `listener` whenever a permit may have become free. Returns the way to stop. */
  onFree(listener: () => void): () => void;
  /** Calls `listener` when it opens, pauses or begins to probe. Returns the way to stop. */
  onChange(listener: (throttle: Throttle<Why>) => void): () => void;
  /** From now on nobody gets a permit; who waits goes without. */
  close(): void;
}

export interface Wish {
  readonly kind: Kind;
  /** Who asks: what fails for one of them is not an outage. */
  readonly asked: string;
}

export interface Permit<Why extends string> {
  /** Gives it back, with what came of it: undefined where nothing was sent. Only the first call counts. */
  end(answer: Answer<Why> | undefined): void;
}

export type Answer<Why extends string> =
  /** The platform serves this app. */
  | { readonly is: "good" }
  /** No answer, or one that says that the platform is down. */
  | { readonly is: "failed"; readonly reason: Why }
  /** Too much was asked: by one user, or perhaps by the whole app. */
  | { readonly is: "limited"; readonly reason: Why; readonly ofUser: boolean }
  /** The whole app is refused; `limit`: for having asked too much. */
  | { readonly is: "refused"; readonly reason: Why; readonly limit: boolean; readonly afterMs?: number | undefined }
  | { readonly is: "neither" };

export interface Hold<Why extends string> {
  readonly reason: Why;
  /** No permit is given before, wall ms. */
  readonly until: number;
}

/** The governor's state, for people. */
export interface Throttle<Why extends string = string> {
  readonly state: "open" | "paused" | "probing";
  /** Requests that may be under way now. */
  readonly limit: number;
  readonly maxLimit: number;
  /** Requests under way. */
  readonly inUse: number;
  /** Lanes that wait for a permit. */
  readonly waiting: number;
  /** Why it is not open, and when the next request may leave, wall ms. */
  readonly reason?: Why;
  readonly untilMs?: number;
}

/** Reads under way at most: as many as there are sockets for them. */
const MOST_READS = 16;
/** How long a limit or refusal without a `Retry-After` pauses the app. */
const PAUSE_MS = 1_000;
/** So many limited answers among the last so many are the app's. */
const LAST = 20;
const LIMITED = 10;
/** Waits between probes: at least half of a bound that doubles from the first to the last. */
const FIRST_PROBE_MS = 200;
const LAST_PROBE_MS = 5_000;

export interface GovernorOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limit: number;
}

export function createGovernor<Why extends string = string>(options: GovernorOptions): Governor<Why> {
  return new PermitGovernor(options);
}

interface Held<Why extends string> extends Hold<Why> {
  /** Ordered by the platform; else found out. */
  readonly isOrdered: boolean;
  readonly failedProbes: number;
}

interface Granted {
  readonly wish: Wish;
  readonly sentAt: number;
  readonly isProbe: boolean;
}

interface Waiting<Why extends string> {
  readonly wish: Wish;
  readonly order: number;
  readonly resolve: (permit: Permit<Why> | undefined) => void;
}

class PermitGovernor<Why extends string> implements Governor<Why> {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #limit: AdaptiveLimit;
  readonly #outage = new OutageWatch();
  readonly #freeListeners = new Set<() => void>();
  readonly #changeListeners = new Set<(throttle: Throttle<Why>) => void>();
  readonly #inUse: Record<Kind, number> = { read: 0, write: 0 };
  readonly #waiting: Record<Kind, Waiting<Why>[]> = { read: [], write: [] };
  /** Which of the last answers were limited. */
  readonly #recent: boolean[] = [];
  #asked = 0;
  #held: Held<Why> | undefined;
  #told: Throttle["state"] = "open";
  #timer: Timer | undefined;
  #closed = false;

  constructor({ clock, random, limit }: GovernorOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#limit = new AdaptiveLimit(limit);
  }

  get limit(): number {
    return this.#limit.at(this.#clock.monotonic());
  }

  get isFree(): boolean {
    return this.#mayHave("write");
  }

  get held(): Hold<Why> | undefined {
    return this.#held;
  }

  acquire(wish: Wish): Promise<Permit<Why> | undefined> {
    if (this.#waiting[wish.kind].length === 0 && this.#mayHave(wish.kind)) return Promise.resolve(this.#grant(wish));
    if (this.#held !== undefined || this.#closed) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#waiting[wish.kind].push({ wish, order: (this.#asked += 1), resolve });
      // A permit may have come free of itself, as what was said of usage grew old.
      this.#serve();
    });
  }

  usage(percent: number): void {
    this.#limit.usage(percent, this.#clock.monotonic());
  }

  throttle(): Throttle<Why> {
    const held = this.#held && { reason: this.#held.reason, untilMs: this.#held.until };
    return {
      state: this.#state(),
      limit: this.limit,
      maxLimit: this.#limit.most,
      inUse: this.#underWay(),
      waiting: this.#waiting.read.length + this.#waiting.write.length,
      ...held,
    };
  }

  onFree(listener: () => void): () => void {
    this.#freeListeners.add(listener);
    return () => void this.#freeListeners.delete(listener);
  }

  onChange(listener: (throttle: Throttle<Why>) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#turnAway();
  }

  #state(): Throttle["state"] {
    if (this.#held === undefined) return "open";
    return this.#held.isOrdered && this.#clock.now() < this.#held.until ? "paused" : "probing";
  }

  #underWay(): number {
    return this.#inUse.read + this.#inUse.write;
  }

  #mayHave(kind: Kind): boolean {
    if (this.#closed) return false;
    if (this.#held !== undefined) return this.#underWay() === 0 && this.#clock.now() >= this.#held.until;
    return this.#underWay() < this.limit && (kind === "write" || this.#inUse.read < MOST_READS);
  }

  #grant(wish: Wish): Permit<Why> {
    this.#inUse[wish.kind] += 1;
    const granted: Granted = { wish, sentAt: this.#clock.monotonic(), isProbe: this.#held !== undefined };
    let ended = false;
    return {
      end: (answer) => {
        if (ended) return;
        ended = true;
        if (answer !== undefined) this.#hear(answer, granted);
        this.#inUse[wish.kind] -= 1;
        this.#serve();
        if (this.isFree) this.#tellFree();
      },
    };
  }

  #serve(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) {
      this.#waiting[next.wish.kind].shift();
      next.resolve(this.#grant(next.wish));
    }
  }

  /** Of those who may have a permit, who waits the longest. */
  #next(): Waiting<Why> | undefined {
    const [read] = this.#mayHave("read") ? this.#waiting.read : [];
    const [write] = this.#mayHave("write") ? this.#waiting.write : [];
    if (read === undefined || write === undefined) return read ?? write;
    return read.order < write.order ? read : write;
  }

  #hear(answer: Answer<Why>, granted: Granted): void {
    const isOverLimit = this.#isOverLimit(answer.is === "limited");
    switch (answer.is) {
      case "good":
        return this.#good(granted);
      case "failed":
        return this.#failed(answer.reason, granted);
      case "limited":
        if (!answer.ofUser || isOverLimit) this.#limit.limited(granted.sentAt, this.#clock.monotonic());
        return isOverLimit ? this.#order(answer.reason, undefined, granted) : this.#provedNothing(granted);
      case "refused":
        if (answer.limit) this.#limit.limited(granted.sentAt, this.#clock.monotonic());
        return this.#order(answer.reason, answer.afterMs, granted);
      case "neither":
        return this.#provedNothing(granted);
    }
  }

  #isOverLimit(limited: boolean): boolean {
    this.#recent.push(limited);
    if (this.#recent.length > LAST) this.#recent.shift();
    if (!limited || this.#recent.filter(Boolean).length < LIMITED) return false;
    this.#recent.length = 0;
    return true;
  }

  #good({ wish, sentAt, isProbe }: Granted): void {
    this.#outage.good();
    if (this.#held !== undefined) {
      if (isProbe || !this.#held.isOrdered) this.#open();
      return;
    }
    const isInDemand = this.#waiting.read.length + this.#waiting.write.length > 0 || this.#underWay() >= this.limit;
    this.#limit.good({ kind: wish.kind, sentAt, answeredAt: this.#clock.monotonic(), isInDemand });
  }

  #failed(reason: Why, granted: Granted): void {
    const isOutage = this.#outage.failed(granted.wish.asked);
    if (this.#held !== undefined) this.#provedNothing(granted, reason);
    else if (isOutage) this.#hold({ reason, until: this.#clock.now() + this.#probeWait(0), isOrdered: false });
  }

  /** A probe that was for nothing: the next one waits longer. */
  #provedNothing({ isProbe }: Granted, reason?: Why): void {
    const held = this.#held;
    if (!isProbe || held === undefined) return;
    const failedProbes = held.failedProbes + 1;
    const until = Math.max(held.until, this.#clock.now() + this.#probeWait(failedProbes));
    this.#hold({ reason: reason ?? held.reason, until, isOrdered: false, failedProbes });
  }

  #order(reason: Why, afterMs: number | undefined, { isProbe }: Granted): void {
    const failedProbes = (this.#held?.failedProbes ?? 0) + (isProbe ? 1 : 0);
    const wait = Math.max(afterMs ?? PAUSE_MS, failedProbes === 0 ? 0 : this.#probeWait(failedProbes));
    const until = Math.max(this.#held?.until ?? 0, this.#clock.now() + wait);
    this.#hold({ reason, until, isOrdered: true, failedProbes });
  }

  #hold(held: Omit<Held<Why>, "failedProbes"> & { readonly failedProbes?: number }): void {
    if (this.#held === undefined) this.#limit.restart();
    this.#held = { failedProbes: 0, ...held };
    this.#turnAway();
    this.#wakeAt(held.until);
    this.#tellChange();
  }

  #open(): void {
    this.#held = undefined;
    this.#timer?.cancel();
    this.#tellChange();
  }

  #probeWait(failedProbes: number): number {
    const bound = Math.min(LAST_PROBE_MS, FIRST_PROBE_MS * 2 ** Math.min(failedProbes, 10));
    return Math.ceil(bound / 2 + (bound / 2) * this.#random.next());
  }

  #wakeAt(until: number): void {
    this.#timer?.cancel();
    if (this.#closed) return;
    this.#timer = this.#clock.after(until - this.#clock.now(), () => {
      // Timers may fire early, and wall time may be set back.
      if (this.#clock.now() < until) return this.#wakeAt(until);
      this.#tellChange();
      this.#tellFree();
    });
  }

  #turnAway(): void {
    const waiting = [...this.#waiting.read.splice(0), ...this.#waiting.write.splice(0)];
    for (const { resolve } of waiting) resolve(undefined);
  }

  #tellFree(): void {
    for (const listener of this.#freeListeners) listener();
  }

  #tellChange(): void {
    const throttle = this.throttle();
    if (throttle.state === this.#told) return;
    this.#told = throttle.state;
    for (const listener of this.#changeListeners) listener(throttle);
  }
}
