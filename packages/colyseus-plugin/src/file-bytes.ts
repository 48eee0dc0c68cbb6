import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const CHUNK_BYTES = 1 << 20;

/**
 * The bytes of a database file that is in use. Its descriptor stays open for as long as the database: closing any descriptor
 * of a file drops the POSIX locks that the process has on it.
 */
export class FileBytes {
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, "r");
  }

  /** Whether the text stands anywhere in the file, deleted or not. Reads all of it. */
  hold(text: string): boolean {
    const { size } = fstatSync(this.#descriptor);
    const overlap = Buffer.byteLength(text);
    const bytes = Buffer.alloc(overlap + CHUNK_BYTES);
    for (let at = 0; at < size; at += CHUNK_BYTES) {
      const read = readSync(this.#descriptor, bytes, 0, bytes.length, at);
      if (bytes.subarray(0, read).includes(text)) return true;
    }
    return false;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
