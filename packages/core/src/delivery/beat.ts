import type { Clock } from "../runtime/clock.ts";
import { holdProcess } from "../runtime/hold.ts";
import { soon } from "../runtime/soon.ts";

export interface BeatOptions {
  readonly clock: Clock;
  /** At least this long from one beat to the next, ms; 0: every turn of the event loop is one. */
  readonly everyMs: number;
  /** So many that wait bring the next beat at once. */
  readonly most: number;
}

/**
 * Lets steps of delivery that cost a transaction each meet in one: reports that come in, lanes that go out, journals and
 * settlements. After a pause a step goes at the end of its turn; one that comes sooner after the last beat waits for the next.
 */
export class Beat {
  readonly #options: BeatOptions;
  #steps = new Set<() => void>();
  #items = 0;
  /** Monotonic ms. */
  #last = Number.NEGATIVE_INFINITY;
  #coming: "none" | "later" | "this turn" = "none";
  #cancel: () => void = () => undefined;

  constructor(options: BeatOptions) {
    this.#options = options;
  }

  /** Calls `step` once at the next beat, however often it is asked for. `items` more wait for it. */
  ask(step: () => void, items = 1): void {
    this.#steps.add(step);
    this.#items += items;
    if (this.#items >= this.#options.most) this.now();
    else if (this.#coming === "none") this.#comeLater();
  }

  /** The next beat is at the end of this turn. */
  now(): void {
    if (this.#coming === "this turn") return;
    this.#cancel();
    this.#coming = "this turn";
    soon(() => this.#beat());
  }

  #comeLater(): void {
    const { clock, everyMs } = this.#options;
    const wait = this.#last + everyMs - clock.monotonic();
    if (!(wait > 0)) return this.now();
    this.#coming = "later";
    const release = holdProcess();
    const timer = clock.after(wait, () => {
      release();
      this.#beat();
    });
    this.#cancel = () => {
      timer.cancel();
      release();
    };
  }

  #beat(): void {
    const steps = this.#steps;
    this.#steps = new Set();
    this.#items = 0;
    this.#coming = "none";
    this.#cancel = () => undefined;
    this.#last = this.#options.clock.monotonic();
    for (const step of steps) step();
  }
}
