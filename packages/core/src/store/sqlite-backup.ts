import { closeSync, existsSync, fsyncSync, openSync, realpathSync, renameSync, rmSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { basename, dirname, join, resolve } from "node:path";
import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import { createPrivately } from "./private-file.ts";

/** What lies beside a database file and belongs to it. */
const COMPANIONS = ["", "-wal", "-shm", "-journal", "-lock", "-holder"];

/**
 * Writes the database at `path` as it stands into a new file `target`, which is there complete and on the disk, or not at
 * all. Not within a transaction.
 */
export function backUp(database: DatabaseSync, path: string, target: string): void {
  const place = freePlace(path, target);
  const unfinished = `${place}.questline-unfinished`;
  try {
    rmSync(unfinished, { force: true });
    createPrivately(unfinished);
    database.prepare("VACUUM INTO ?").run(unfinished);
    sync(unfinished);
    refuseExisting(target, place);
    renameSync(unfinished, place);
    syncDirectory(dirname(place));
  } catch (error) {
    rmSync(unfinished, { force: true });
    if (error instanceof QuestlineError) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new QuestlineError(
      "store_unusable",
      `The backup ${JSON.stringify(target)} could not be written: ${detail}. Check its disk and directory; the store itself goes on.`,
      { cause: error },
    );
  }
}

/** Where `target` is to be, with its directory's links resolved; throws `bad_input`. */
function freePlace(path: string, target: unknown): string {
  if (typeof target !== "string" || target.trim() === "") {
    throw new QuestlineError("bad_input", `A backup needs the path of a new file, not ${shownValue(target)}.`);
  }
  const place = inRealDirectory(target);
  const own = realpathSync.native(path);
  if (COMPANIONS.some((companion) => place === `${own}${companion}`)) {
    throw new QuestlineError(
      "bad_input",
      `A backup needs a file of its own; ${JSON.stringify(target)} is the store's own file, or one that belongs to it.`,
    );
  }
  refuseExisting(target, place);
  return place;
}

function inRealDirectory(target: string): string {
  const wanted = resolve(target);
  try {
    return join(realpathSync.native(dirname(wanted)), basename(wanted));
  } catch (error) {
    throw new QuestlineError(
      "bad_input",
      `The backup ${JSON.stringify(target)} cannot be written: its directory does not exist. Make it first.`,
      { cause: error },
    );
  }
}

function refuseExisting(target: string, place: string): void {
  if (!existsSync(place)) return;
  throw new QuestlineError(
    "bad_input",
    `The backup ${JSON.stringify(target)} exists already, and is left as it is. Give each backup a name of its own.`,
  );
}

function sync(path: string): void {
  const descriptor = openSync(path, "r+");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Puts the name on the disk, too, where directories can be synced. */
function syncDirectory(path: string): void {
  try {
    const descriptor = openSync(path, "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows opens no directories; the copy itself is on the disk.
  }
}
