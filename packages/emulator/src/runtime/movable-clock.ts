import type { Clock } from "./clock.ts";

/** A clock that can be moved forward; what falls due by the move runs at once. */
export interface MovableClock extends Clock {
  /** How far this clock is ahead of its base, in milliseconds. */
  readonly offsetMs: number;
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
    this.#offsetMs += ms;
    const due = [...this.#appointments].filter((each) => each.dueAt <= this.now()).sort((a, b) => a.dueAt - b.dueAt);
    for (const appointment of due) {
      if (this.#drop(appointment)) appointment.run();
    }
  }

  reset(): void {
    for (const appointment of this.#appointments) this.#drop(appointment);
    this.#offsetMs = 0;
  }

  #drop(appointment: Appointment): boolean {
    appointment.cancelTimer();
    return this.#appointments.delete(appointment);
  }
}
