import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";

const SAY_EVERY_MS = 60_000;

/** Says that progress is gone at the platform: the first at once, then their number, a line a minute at the most. */
export function resetLog(clock: Clock, logger: Logger): (user: string, achievement: string) => void {
  let more: number | undefined;
  const wait = (): void => {
    more = 0;
    clock.after(SAY_EVERY_MS, () => {
      const times = more ?? 0;
      more = undefined;
      if (times === 0) return;
      logger.warn({ times, inMs: SAY_EVERY_MS }, "More progress was found gone at the platform.");
      wait();
    });
  };
  return (user, achievement) => {
    if (more !== undefined) return void (more += 1);
    const message =
      "Progress that was known is gone at the platform: somebody reset it. A new epoch begins, in which it is written and " +
      "announced again.";
    logger.warn({ user, achievement }, message);
    wait();
  };
}
