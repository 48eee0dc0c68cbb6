import { type Clock, systemClock } from "@questline/core";

export interface LeapingOptions {
  /** How far its wall time is off from the beginning. */
  readonly offsetMs?: number | undefined;
  /** Told of each leap, once, when it shows. */
  readonly onLeap?: (byMs: number) => void;
  readonly base?: Clock;
}

export interface Leap {
  readonly afterMs: number;
  readonly byMs: number;
}

/**
 * The machine's time, whose wall part leaps at given ages of this clock; the monotonic part never does. Ages count from
 * its making: what a thread's own time counts from may lie well before.
 */
export function leapingClock(
  leaps: readonly Leap[],
  { offsetMs = 0, onLeap, base = systemClock }: LeapingOptions = {},
): Clock {
  const made = base.monotonic();
  const coming = [...leaps].sort((a, b) => a.afterMs - b.afterMs);
  let offset = offsetMs;
  const now = (): number => {
    for (let next = coming[0]; next !== undefined && base.monotonic() - made >= next.afterMs; next = coming[0]) {
      coming.shift();
      offset += next.byMs;
      onLeap?.(next.byMs);
    }
    return base.now() + offset;
  };
  return { now, monotonic: () => base.monotonic(), after: (delayMs, wake) => base.after(delayMs, wake) };
}
