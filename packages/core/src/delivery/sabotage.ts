/** Deliberate defects of delivery, each against one rule, so that a test of the promise can be seen to fail. */
export type Sabotage =
  /** An ambiguous count is sent again without asking the platform. */
  | "resend-without-readback"
  /** The verdict is sought at once, while the request may still take effect. */
  | "zero-quiet-period"
  /** The verdict is taken from a reading that was sent before. */
  | "join-stale-read"
  /** A count that moved by n or more is taken for ours. */
  | "at-least-for-equal"
  /** The journal is written when the answer is there. */
  | "stage-after-send"
  /** A lane in doubt is settled because the achievement is known to be unlocked. */
  | "suppress-over-open-journal"
  /** `durable` resolves before anything is written. */
  | "ack-before-commit";
