import type { Clock } from "./clock.ts";

/**
 * Wall time as it was when this clock was made, moved on by the monotonic one: however the machine's wall clock is set
 * meanwhile, what comes later reads later, and a wait is as long as it says. Whole milliseconds, as wall time is.
 */
export function steadyClock(clock: Clock): Clock {
  const ahead = clock.now() - clock.monotonic();
  return {
    now: () => Math.floor(ahead + clock.monotonic()),
    monotonic: () => clock.monotonic(),
    after: (delayMs, wake) => clock.after(delayMs, wake),
  };
}
