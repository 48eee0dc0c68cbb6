import { warn } from "./log.ts";
import type { Clock } from "./runtime/clock.ts";

/** Between two lines of one kind. */
export const SAY_EVERY_MS = 60_000;

interface Said {
  /** Not said since. */
  more: number;
}

/**
 * What clients can bring about as often as they like is said once at once, then counted: a line a minute, for as long as it
 * goes on.
 */
export class Seldom {
  readonly #clock: Pick<Clock, "after">;
  readonly #said = new Map<string, Said>();

  constructor(clock: Pick<Clock, "after">) {
    this.#clock = clock;
  }

  /** `message` is one of a few: what differs is in `fields`. */
  warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const before = this.#said.get(message);
    if (before) return void before.more++;
    warn(message, fields);
    this.#wait(message);
  }

  #wait(message: string): void {
    const said: Said = { more: 0 };
    this.#said.set(message, said);
    this.#clock.after(SAY_EVERY_MS, () => {
      this.#said.delete(message);
      if (said.more === 0) return;
      warn(message, { times: said.more, inMs: SAY_EVERY_MS });
      this.#wait(message);
    });
  }
}
