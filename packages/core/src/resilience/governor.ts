import type { Clock, Timer } from "../runtime/clock.ts";

/**
 * Hands out permits to send, and learns from answers. *Open*: up to `limit` permits are in use. *Paused* (the platform
 * refuses the whole app): none is given until `until`. *Probing* (from then on): one at a time, until an answer is good,
 * which opens it again. A good answer that arrives while it is paused proves nothing: its request was sent before.
 */
export interface Governor<Why extends string = string> {
  /** Permits that could be acquired now. */
  readonly free: number;
  tryAcquire(): boolean;
  /** Resolves with true once a permit is acquired, first come first served; with false where none is to be had: paused, or `turnAway`. */
  acquire(): Promise<boolean>;
  /** Whoever waits for a permit goes without. */
  turnAway(): void;
  /** Gives a permit back; once for each that was acquired. */
  release(): void;
  /** Nothing is sent before `untilMs` (wall ms); a later end already set stays. */
  pause(untilMs: number, reason: Why): void;
  /** An answer came, or did not; `ok` means that the platform serves this app. */
  answered(ok: boolean): void;
  /** Set while paused and while probing. */
  readonly paused: Pause<Why> | undefined;
  /** Calls `listener` whenever permits may have become free. Returns the way to stop. */
  onFree(listener: () => void): () => void;
  /** Cancels its timer. */
  close(): void;
}

export interface Pause<Why extends string> {
  readonly reason: Why;
  /** Wall ms. */
  readonly until: number;
}

export function createGovernor<Why extends string = string>(options: {
  readonly clock: Clock;
  readonly limit: number;
}): Governor<Why> {
  return new PermitGovernor(options.clock, options.limit);
}

class PermitGovernor<Why extends string> implements Governor<Why> {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #listeners = new Set<() => void>();
  #inUse = 0;
  #waiting: ((acquired: boolean) => void)[] = [];
  #paused: Pause<Why> | undefined;
  #timer: Timer | undefined;

  constructor(clock: Clock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  get free(): number {
    if (this.#paused === undefined) return Math.max(0, this.#limit - this.#inUse);
    return this.#isProbing(this.#paused.until) && this.#inUse === 0 ? 1 : 0;
  }

  get paused(): Pause<Why> | undefined {
    return this.#paused;
  }

  tryAcquire(): boolean {
    if (this.free === 0) return false;
    this.#inUse += 1;
    return true;
  }

  acquire(): Promise<boolean> {
    if (this.tryAcquire()) return Promise.resolve(true);
    if (this.#paused !== undefined) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  turnAway(): void {
    for (const resolve of this.#waiting.splice(0)) resolve(false);
  }

  release(): void {
    this.#inUse = Math.max(0, this.#inUse - 1);
    const next = this.free > 0 ? this.#waiting.shift() : undefined;
    if (next !== undefined) {
      this.#inUse += 1;
      next(true);
    } else if (this.free > 0) this.#tell();
  }

  pause(untilMs: number, reason: Why): void {
    const until = Math.max(untilMs, this.#paused?.until ?? untilMs);
    this.#paused = { reason, until };
    this.turnAway();
    this.#wakeAt(until);
  }

  answered(ok: boolean): void {
    if (!ok || this.#paused === undefined || !this.#isProbing(this.#paused.until)) return;
    this.#paused = undefined;
    this.close();
    this.#tell();
  }

  onFree(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #isProbing(until: number): boolean {
    return this.#clock.now() >= until;
  }

  #wakeAt(until: number): void {
    this.#timer?.cancel();
    this.#timer = this.#clock.after(until - this.#clock.now(), () => {
      this.#timer = undefined;
      // Timers may fire early, and wall time may be set back.
      if (this.#isProbing(until)) this.#tell();
      else this.#wakeAt(until);
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
