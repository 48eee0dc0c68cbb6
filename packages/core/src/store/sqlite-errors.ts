import { QuestlineError, isQuestlineError } from "../errors/questline-error.ts";
import { accessProblem } from "./file-access.ts";
import { lastHolder } from "./holder-mark.ts";
import { NotYet } from "./not-yet.ts";
import { UnreadableRow } from "./stored-fields.ts";

/** Primary result codes of SQLite (sqlite.org/rescode.html) that a person can do something about. */
const ADVICE = new Map<number, string>([
  [3, "access to it is denied; check its permissions"],
  [8, "it is read-only; check the permissions of the file and its directory"],
  [10, "reading or writing it failed; check the disk"],
  [
    11,
    "it is corrupt and is kept as it is; move it away, with its -wal file, and restore a backup, or rescue what is in it with `sqlite3 <file> .recover`",
  ],
  [13, "the disk is full, or the file as large as maxBytes allows; what was accepted before is safe"],
  [14, "it cannot be opened; check that its directory exists and may be written"],
  [26, "it is not a SQLite database, or its beginning is damaged; nothing was changed in it"],
]);
const BUSY = 5;
const LOCKED = 6;
const FULL = 13;
/** Of these it may be told what the file system says of the file. */
const NO_ACCESS: ReadonlySet<unknown> = new Set([3, 8, 14, "EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR"]);
/** What may pass, by itself or by a person's hand: no access, no room, a failing disk, no descriptors left. */
const MAY_PASS: ReadonlySet<unknown> = new Set([
  ...NO_ACCESS,
  10,
  FULL,
  "EBUSY",
  "EDQUOT",
  "EIO",
  "EMFILE",
  "ENFILE",
  "ENOSPC",
  "ESTALE",
]);
/** Extended codes of a file system that refuses to lock: of SQLITE_IOERR, RDLOCK, UNLOCK, CHECKRESERVEDLOCK and LOCK. */
const NO_LOCKS: ReadonlySet<unknown> = new Set([2314, 2058, 3594, 3850]);

/** Any failure of the store on the file `path` as an error a person can act on. */
export function asStoreError(error: unknown, path: string): QuestlineError {
  if (isQuestlineError(error)) return error;
  const where = `The lane store ${JSON.stringify(path)}`;
  if (error instanceof UnreadableRow) {
    return new QuestlineError("store_unusable", `${where} holds a row that cannot be read: ${error.message}.`);
  }
  const code = sqliteCode(error);
  if (code === BUSY || code === LOCKED) {
    return lockedError(path, error);
  }
  const isUnlockable = NO_LOCKS.has(extendedCode(error));
  const why = code ?? systemCode(error);
  const denied = NO_ACCESS.has(why) || isUnlockable ? accessProblem(path) : undefined;
  // A file that may only be read cannot be locked for writing either.
  if (isUnlockable && denied === undefined) return withoutLocks(path, error);
  const advice = denied ?? (code && ADVICE.get(code));
  const detail = error instanceof Error ? error.message : String(error);
  const message = `${where} cannot be used: ${advice ? `${advice} (${detail})` : detail}.`;
  return MAY_PASS.has(why)
    ? new NotYet("store_unusable", message, { cause: error })
    : new QuestlineError("store_unusable", message, { cause: error });
}

/** The volume of `path` has no locks, without which two processes could deliver from one file. */
export function withoutLocks(path: string, cause?: unknown): QuestlineError {
  return new QuestlineError(
    "store_unusable",
    `The lane store ${JSON.stringify(path)} cannot be used: its volume does not lock files, as some network and container volumes do not; put it on a local disk.`,
    { cause },
  );
}

/** The file `path` is somebody else's. */
export function lockedError(path: string, cause?: unknown): QuestlineError {
  const holder = lastHolder(path);
  const last = holder === undefined ? "" : ` (the last to open it was ${holder})`;
  return new NotYet(
    "store_locked",
    `The lane store ${JSON.stringify(path)} is held by another process or another store of this one${last}. One file serves one process: close the other, or give each a file of its own.`,
    { holder, cause },
  );
}

/** The file `path` cannot be worked with. */
export function unusable(path: string, why: string): QuestlineError {
  return new QuestlineError("store_unusable", `The lane store ${JSON.stringify(path)} cannot be used: ${why}.`);
}

/** SQLite said that the disk, or the file's limit, has no room. */
export function isFull(error: unknown): boolean {
  return sqliteCode(error) === FULL;
}

function sqliteCode(error: unknown): number | undefined {
  const code = extendedCode(error);
  return code === undefined ? undefined : code & 0xff;
}

function extendedCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode;
}

/** Node's, such as `EACCES`. */
function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
