import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";

const NICENESS = 19;

/**
 * From here on this thread takes the processor only where others leave it: on Linux, where threads have priorities of
 * their own. Elsewhere, and where it is not allowed, everything stays as it is.
 */
export function giveWay(): void {
  if (process.platform !== "linux") return;
  try {
    const thread = Number(readlinkSync("/proc/thread-self").split("/").at(-1));
    if (thread !== process.pid) setPriority(thread, NICENESS);
  } catch {
    // A sandbox without /proc: only slower rooms where processors are short.
  }
}
