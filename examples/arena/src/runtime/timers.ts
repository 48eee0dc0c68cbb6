/** Milliseconds on a clock that only moves forward. */
export function now(): number {
  return performance.now();
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Runs `step` again and again, `ms` after it last ended, until the returned function is called. */
export function every(ms: number, step: () => unknown): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const wait = (): void => {
    timer = setTimeout(async () => {
      await step();
      if (!stopped) wait();
    }, ms);
  };
  wait();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Aborts after `ms`. */
export function timeLimit(ms: number): AbortSignal {
  return AbortSignal.timeout(ms);
}
