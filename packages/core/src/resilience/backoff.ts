export interface Backoff {
  /** The longest wait before the first retry, ms. Default 200. */
  readonly baseMs?: number;
  /** The longest wait ever, ms. Default 60 000. */
  readonly capMs?: number;
}

/** Beyond this many doublings every cap is reached. */
const MOST_DOUBLINGS = 40;

/** The wait after failed attempt `attempt` (from 0), ms: anywhere between nothing and a bound that doubles each time. */
export function fullJitter(attempt: number, { baseMs = 200, capMs = 60_000 }: Backoff, random01: number): number {
  const doublings = Math.min(Math.max(0, attempt), MOST_DOUBLINGS);
  return Math.floor(Math.min(capMs, baseMs * 2 ** doublings) * random01);
}
