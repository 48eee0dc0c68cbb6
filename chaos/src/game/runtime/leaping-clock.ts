import { type Clock, systemClock } from "@questline/core";

/** The machine's time, whose wall part leaps at given instants of the process's life; the monotonic part never does. */
export function leapingClock(leaps: readonly { readonly afterMs: number; readonly byMs: number }[]): Clock {
  const { monotonic, after } = systemClock;
  const offset = (): number => leaps.reduce((sum, { afterMs, byMs }) => (monotonic() >= afterMs ? sum + byMs : sum), 0);
  return { now: () => systemClock.now() + offset(), monotonic, after };
}
