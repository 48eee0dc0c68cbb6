import { warn } from "./log.ts";
import type { Clock } from "./runtime/clock.ts";

/** Between two lines of one kind. */
export const SAY_EVERY_MS = 60_000;

/** Kinds kept apart; beyond, a message is one. */
const MOST_KINDS = 50;

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

  /** `message` is one of a few: what differs is in `fields`. `kind` keeps apart what is to be said on its own. */
  warn(message: string, fields: Readonly<Record<string, unknown>> = {}, kind = ""): void {
    const isFull = this.#said.size >= MOST_KINDS && !this.#said.has(message + kind);
    const key = isFull ? message : message + kind;
    const before = this.#said.get(key);
    if (before) return void before.more++;
    warn(message, fields);
    this.#wait(key, message, kind === "" || isFull ? {} : { kind });
  }

  #wait(key: string, message: string, which: object): void {
    const said: Said = { more: 0 };
    this.#said.set(key, said);
    this.#clock.after(SAY_EVERY_MS, () => {
      this.#said.delete(key);
      if (said.more === 0) return;
      warn(message, { ...which, times: said.more, inMs: SAY_EVERY_MS });
      this.#wait(key, message, which);
    });
  }
}
