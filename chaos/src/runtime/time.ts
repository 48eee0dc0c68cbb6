/** Milliseconds on a clock that only moves forward. */
export function now(): number {
  return performance.now();
}

/** Wall time: what compares across processes. Milliseconds since the epoch. */
export function wallNow(): number {
  return Date.now();
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Calls `then` once after `ms`; the returned function prevents it. */
export function after(ms: number, then: () => void): () => void {
  const timer = setTimeout(then, ms);
  return () => clearTimeout(timer);
}

/** Resolves with true as soon as `holds` does, looking every `everyMs`; with false after `withinMs`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  withinMs: number,
  everyMs: number,
): Promise<boolean> {
  const deadline = now() + withinMs;
  while (!(await holds())) {
    if (now() > deadline) return false;
    await sleep(everyMs);
  }
  return true;
}

/**
 * Resolves with true once `left` is 0; with false when it has not fallen for `stillMs`. However slow a machine is, what
 * goes on is waited for.
 */
export async function untilNone(
  left: () => number | Promise<number>,
  stillMs: number,
  everyMs: number,
): Promise<boolean> {
  let least = Number.POSITIVE_INFINITY;
  let deadline = now() + stillMs;
  for (;;) {
    const remaining = await left();
    if (remaining === 0) return true;
    if (remaining < least) deadline = now() + stillMs;
    else if (now() > deadline) return false;
    least = Math.min(least, remaining);
    await sleep(everyMs);
  }
}

/** Calls `step` every `ms`, for as long as the process lives for other reasons. */
export function every(ms: number, step: () => void): () => void {
  const timer = setInterval(step, ms);
  timer.unref();
  return () => clearInterval(timer);
}
