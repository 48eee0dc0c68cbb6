import type { Clock } from "../src/index.ts";

/** A clock that stands still: time passes only through `world.advance`. */
export function frozenClock(at: number = 1_900_000_000_000): Clock {
  return { now: () => at, schedule: () => () => undefined };
}
