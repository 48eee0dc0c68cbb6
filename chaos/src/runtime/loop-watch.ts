/** A time in which this process's event loop did not turn. Milliseconds since the epoch. */
export interface Stall {
  readonly from: number;
  readonly to: number;
}

const TURN_EVERY_MS = 5;
const SHORTEST_MS = 15;
const KEPT = 2_000;

/** Notes from now on when the event loop stands still, for whatever reason. Answers the stalls so far, oldest first. */
export function watchLoop(): () => readonly Stall[] {
  const stalls: Stall[] = [];
  let last = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    if (now - last >= SHORTEST_MS) stalls.push({ from: last, to: now });
    if (stalls.length > KEPT) stalls.splice(0, KEPT / 2);
    last = now;
  }, TURN_EVERY_MS);
  timer.unref();
  return () => stalls;
}
