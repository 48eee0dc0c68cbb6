/** What every run has in common. Milliseconds. */
export const settings = Object.freeze({
  /** Game processes side by side, each with users and a file of its own. */
  outboxes: 4,
  quietMs: 300,
  leaseMs: 600,
  /** Of one request; some of the platform's answers come later on purpose. */
  timeoutMs: 400,
  windowMs: 30,
  /** Between two matches of one outbox. */
  pauseMs: 25,
  /** Longer than the lease: the deadline passes before the check. Shorter than lease and quiet period: it passed the check. */
  stoppedMs: { "stage:after-commit": 750, "request:written": 250 },
  drainMs: 25_000,
});
