import type { Reason } from "../intent/outcome.ts";
import type { Throttle } from "../resilience/governor.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Logger } from "../runtime/log.ts";

/** Says once that the app is held back, and once that it goes on. */
export function throttleLog(
  clock: Clock,
  logger: Logger,
  lastRefusal: () => { readonly detail?: string } | undefined,
): (throttle: Throttle<Reason>) => void {
  let isHeld = false;
  return ({ state, reason, untilMs = clock.now() }) => {
    const wasHeld = isHeld;
    isHeld = state !== "open";
    if (isHeld === wasHeld) return;
    if (!isHeld) return logger.info({}, "The platform serves this app again; results go out.");
    const what = state === "paused" ? "The platform refuses the whole app for now" : "The platform fails";
    const fields = { state, reason, detail: lastRefusal()?.detail, retryInMs: untilMs - clock.now() };
    logger.warn(fields, `${what}; results wait, and one request at a time will probe.`);
  };
}
