/** How fast a run goes. Milliseconds. */
export interface Settings {
  /** Game processes side by side, each with users and a file of its own. */
  readonly outboxes: number;
  readonly quietMs: number;
  readonly leaseMs: number;
  /** Of one request; some of the platform's answers come later on purpose. */
  readonly timeoutMs: number;
  readonly windowMs: number;
  /** Between two matches of one outbox. */
  readonly pauseMs: number;
  /** Longer than the lease: the deadline passes before the check. Shorter than lease and quiet period: it passed the check. */
  readonly stoppedMs: Readonly<Record<"stage:after-commit" | "request:written", number>>;
  readonly drainMs: number;
  /** How long one process may take to start, or to close. */
  readonly patienceMs: number;
}

/** As short as a quiet period may be; the others' pace is measured by it. */
export const QUIET_MS = 300;
/** Long enough for what the run's own processes do to the machine as they start, and beside other work. */
const USUAL_QUIET_MS = 600;
const BUSY_QUIET_MS = 2_000;
/** Of the machine, before the run begins. */
const BUSY_BELOW = 0.5;

/** Of one request of the games. */
export function timeoutOf(quietMs: number): number {
  return Math.round((quietMs * 4) / 3);
}

/**
 * Everything goes by the quiet period. Beside other work processes wait for their turn, and the platform's delays with
 * them, so there it is longer.
 *
 * @param idle how much of the machine is free, from 0 to 1
 */
export function settingsFor(
  idle: number,
  quietMs: number = idle < BUSY_BELOW ? BUSY_QUIET_MS : USUAL_QUIET_MS,
): Settings {
  const pace = quietMs / QUIET_MS;
  const leaseMs = 2 * quietMs;
  return Object.freeze({
    outboxes: 4,
    quietMs,
    leaseMs,
    timeoutMs: timeoutOf(quietMs),
    windowMs: 30,
    pauseMs: 25,
    stoppedMs: { "stage:after-commit": Math.round(leaseMs * 1.25), "request:written": Math.round(leaseMs * 0.42) },
    drainMs: Math.round(25_000 * Math.max(1, pace)),
    patienceMs: Math.round(20_000 * Math.max(1, pace)),
  });
}
