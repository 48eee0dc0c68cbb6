const LONGEST_INTERVAL_MS = 2 ** 31 - 1;

/** Keeps the process alive until the returned function is called: timers of the clock never do. */
export function holdProcess(): () => void {
  const handle = setInterval(() => {}, LONGEST_INTERVAL_MS);
  return () => clearInterval(handle);
}
