import { realpathSync, rmSync, statSync } from "node:fs";
import type { BigIntStats } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { QuestlineError } from "../errors/questline-error.ts";
import { takeKernelName } from "../runtime/kernel-name.ts";
import type { KernelName } from "../runtime/kernel-name.ts";
import { HolderMark, lastHolder } from "./holder-mark.ts";
import { NotYet } from "./not-yet.ts";
import { asStoreError, lockedError, unusable, withoutLocks } from "./sqlite-errors.ts";
import { createPrivately } from "./private-file.ts";

/**
 * Keeps a database file to one thread of one process. Each layer holds where the one before fails, and none outlives the
 * process:
 *
 * 1. SQLite's lock on the file itself, which whoever opens it takes. It is a POSIX lock: the kernel drops it as soon as the
 *    process closes any descriptor of the file, as after copying it.
 * 2. The same kind of lock on an empty database beside it, `-lock`, which nobody opens who does not copy the whole directory.
 * 3. A name in the kernel, which no copy touches; where there are such names.
 * 4. The mark, `-holder`: who lost the others without being told finds that somebody came after it, and lets go.
 */
export class FileHold {
  readonly #path: string;
  readonly #real: string;
  readonly #file: BigIntStats;
  readonly #lock: DatabaseSync;
  #name: KernelName | undefined;
  #mark: HolderMark | undefined;

  /** Takes the second and third layer. The file exists; `path` is what people call it. */
  constructor(path: string) {
    this.#path = path;
    // By the file, not by one of its names: links and relative paths lead to the same lock.
    this.#real = realpathSync.native(path);
    this.#file = statSync(this.#real, { bigint: true });
    if (this.#file.nlink > 1n) {
      throw unusable(path, "it has several names (hard links), and its write-ahead log only one; leave it one name");
    }
    this.#lock = takeLock(path, `${this.#real}-lock`);
    const name = takeKernelName(`questline:${this.#file.dev}:${this.#file.ino}`);
    if (name !== "taken") {
      this.#name = name;
      return;
    }
    this.#lock.close();
    throw lockedError(path);
  }

  /** Writes the mark, as soon as the first layer is taken, too. */
  mark(): void {
    this.#mark = new HolderMark(this.#real);
  }

  /** Throws if the file is ours no longer: nothing may be written, and nothing sent. */
  check(): void {
    if (this.isMoved()) {
      throw unusable(
        this.#path,
        "it was moved, deleted or replaced while it was in use; put it back, or restart the process",
      );
    }
    if (this.#mark?.stands() === false) throw lockedError(this.#path);
  }

  /** The file's name leads elsewhere by now. */
  isMoved(): boolean {
    const found = statSync(this.#real, { bigint: true, throwIfNoEntry: false });
    return found?.ino !== this.#file.ino || found.dev !== this.#file.dev;
  }

  /** Lock and mark stay as files: whoever deletes a lock that others are about to take gives it to two. */
  release(): void {
    this.#name?.release();
    this.#lock.close();
  }
}

function takeLock(path: string, lockPath: string): DatabaseSync {
  let lock: DatabaseSync | undefined;
  try {
    createPrivately(lockPath);
    lock = new DatabaseSync(lockPath, { timeout: 0 });
    // In memory: nothing is ever written, so nothing is left to clean up after a crash.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock?.close();
    const refused = asStoreError(error, path);
    if (refused.code === "store_locked") {
      // Nobody has ever come as far as the mark: a volume without locks says of every file that another one has it.
      if (lastHolder(path) === undefined && !canLock(`${lockPath}-try-${process.pid}`)) throw withoutLocks(path, error);
      throw refused;
    }
    const { message } = asStoreError(error, lockPath);
    if (refused instanceof NotYet) throw new NotYet("store_unusable", message, { cause: error });
    throw new QuestlineError("store_unusable", message, { cause: error });
  }
}

/** Whether a file that nobody else knows can be locked. */
function canLock(path: string): boolean {
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { timeout: 0 });
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return true;
  } catch {
    return false;
  } finally {
    lock?.close();
    rmSync(path, { force: true });
  }
}
