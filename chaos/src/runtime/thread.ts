/** Stops this thread for good, in the middle of what it does; others of its process go on. */
export function holdThread(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Ends this thread, in the middle of what it does, if it is not the main one. */
export function exitThread(): void {
  process.exit(1);
}

/** An error that nobody catches, in the next turn of this thread's loop. */
export function throwSoon(message: string): void {
  setImmediate(() => {
    throw new Error(message);
  });
}
