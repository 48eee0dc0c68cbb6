import type { Clock } from "./clock.ts";

/** A clock that can be moved forward; what falls due by the move runs at once, each at its own time. */
export interface MovableClock extends Clock {
  /** How far this clock is ahead of its base, in milliseconds. */
  readonly offsetMs: number;
  /** Also runs what falls due because of what ran. */
  advance(ms: number): void;
  /** Drops what is scheduled and goes back to the base clock's time. */
  reset(): void;
}

interface Appointment {
  readonly dueAt: number;
  readonly run: () => void;
  readonly cancelTimer: () => void;
}

export function movableClock(base: Clock): MovableClock {
  return new Movable(base);
}

class Movable implements MovableClock {
  readonly #base: Clock;
  readonly #appointments = new Set<Appointment>();
  #offsetMs = 0;
  #resets = 0;

  constructor(base: Clock) {
    this.#base = base;
  }

  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return this.#base.now() + this.#offsetMs;
  }

  schedule(delayMs: number, run: () => void): () => void {
    const appointment: Appointment = {
      dueAt: this.now() + delayMs,
      run,
      cancelTimer: this.#base.schedule(delayMs, () => {
        if (this.#appointments.delete(appointment)) run();
      }),
    };
    this.#appointments.add(appointment);
    return () => this.#drop(appointment);
  }

  advance(ms: number): void {
    const [offsetMs, resets] = [this.#offsetMs + ms, this.#resets];
    for (;;) {
      const next = this.#firstDueBy(this.#base.now() + offsetMs);
      if (next === undefined) break;
      // The clock shows each appointment its own time; it never goes back.
      this.#offsetMs = Math.min(Math.max(next.dueAt - this.#base.now(), this.#offsetMs), offsetMs);
      this.#drop(next);
      next.run();
      // What ran may have started the world over.
      if (this.#resets !== resets) return;
    }
    this.#offsetMs = offsetMs;
  }

  reset(): void {
    for (const appointment of this.#appointments) this.#drop(appointment);
    this.#offsetMs = 0;
    this.#resets += 1;
  }

  #firstDueBy(time: number): Appointment | undefined {
    let first: Appointment | undefined;
    for (const each of this.#appointments) {
      if (each.dueAt <= time && (first === undefined || each.dueAt < first.dueAt)) first = each;
    }
    return first;
  }

  #drop(appointment: Appointment): boolean {
    appointment.cancelTimer();
    return this.#appointments.delete(appointment);
  }
}
