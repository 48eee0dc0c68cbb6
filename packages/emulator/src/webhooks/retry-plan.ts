const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * When a failed delivery is tried again, in milliseconds after the first attempt: at once, then less and less often
 * until 36 hours have passed. The platform tells the two ends; the steps between are assumed.
 */
export const RETRY_AFTER_MS: readonly number[] = [
  0,
  1 * MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  1 * HOUR,
  3 * HOUR,
  7 * HOUR,
  13 * HOUR,
  23 * HOUR,
  36 * HOUR,
];
