import { closeSync, openSync } from "node:fs";

/**
 * Creates an empty file that only its owner may read and write, whatever the umask allows, where there is none; SQLite takes
 * an empty one as new, and gives its log the same mode. What keeps it from being created is told by whoever opens it next.
 */
export function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch {
    // There is one, or there cannot be one.
  }
}
