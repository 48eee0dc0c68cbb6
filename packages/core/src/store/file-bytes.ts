import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1 << 20;
/** SQLite locks bytes here and keeps nothing beside them; other systems than POSIX refuse to read what is locked. */
const LOCKED_AT = 1 << 30;
const LOCKED_BYTES = 4_096;

/**
 * The bytes of a database file that is in use. They are read through one descriptor, which must stay open for as long as the
 * database: closing any descriptor of a file drops the POSIX locks that the process has on it.
 */
export class FileBytes {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
  }

  /** Whether any of these texts stands anywhere in the file, deleted or not. Reads all of it. */
  hold(texts: readonly string[]): boolean {
    const wanted = texts.map((text) => Buffer.from(text));
    const overlap = Math.max(0, ...wanted.map(({ length }) => length - 1));
    const { size } = fstatSync(this.#descriptor);
    const bytes = Buffer.alloc(overlap + CHUNK_BYTES);
    let kept = 0;
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const skipped = at === LOCKED_AT ? LOCKED_BYTES : 0;
      if (skipped > 0) kept = 0;
      const read = readSync(this.#descriptor, bytes, kept, CHUNK_BYTES - skipped, at + skipped);
      const seen = bytes.subarray(0, kept + read);
      if (wanted.some((text) => seen.includes(text))) return true;
      kept = Math.min(overlap, seen.length);
      seen.copyWithin(0, seen.length - kept);
    }
    return false;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
