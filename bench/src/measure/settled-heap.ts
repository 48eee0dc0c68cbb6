/** Bytes in use of this thread's heap after garbage collection; needs `--expose-gc`. */
export async function settledHeap(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed;
}
