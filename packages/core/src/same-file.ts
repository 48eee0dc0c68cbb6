import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** Changes with what holders of a file expect of each other; another copy of this package may be older or newer. */
const VERSION = 2;
const registry: unique symbol = Symbol.for("questline.files") as never;

/** Who holds a file in this process, and gives it to a newer one of the same app. */
export interface FileHolder<Next> {
  /** It lets go of the file by itself. */
  readonly isClosed: () => boolean;
  /** Resolves when the file is free. */
  give(next: Next): Promise<void>;
}

/** One file of this process. */
interface Kept {
  readonly version: number;
  /** Who entered last. */
  newest: FileHolder<unknown>;
  /** How many have not left. */
  inside: number;
}

/** A place in the list of this process's files. */
export interface FilePlace<Next> {
  /** Who entered before, if that one can give the file; also one that is closed, as long as an older one has not left. */
  readonly before: FileHolder<Next> | undefined;
  /** To be called once. With the last one the file is off the list. */
  leave(): void;
}

/**
 * Enters the holder of `path` for `app` in a list that is the whole process's: also of copies of this module, which a hot
 * reload or a bundler makes. One of another app is left alone, and so is one of a copy that does not know this one: their
 * file can only be waited for.
 */
export function enterFile<Next>(path: string, app: string, holder: FileHolder<Next>): FilePlace<Next> {
  const files = ((globalThis as { [registry]?: Map<string, Kept> })[registry] ??= new Map());
  const key = `${app} ${keyOf(path)}`;
  const known = files.get(key);
  if (known !== undefined && known.version !== VERSION) return { before: undefined, leave: () => undefined };
  const before = known?.newest;
  const kept = known ?? { version: VERSION, newest: holder as FileHolder<unknown>, inside: 0 };
  kept.newest = holder as FileHolder<unknown>;
  kept.inside += 1;
  files.set(key, kept);
  return {
    before,
    leave: () => {
      kept.inside -= 1;
      if (kept.inside === 0) files.delete(key);
    },
  };
}

/** As many links in a row as Linux follows. */
const MOST_LINKS = 40;

/** The file by whatever name it is reached, also before it, its directory or what a link leads to is there. */
function keyOf(path: string, links = 0): string {
  try {
    return realpathSync.native(path);
  } catch {
    const full = resolve(path);
    const directory = dirname(full);
    if (directory === full) return full;
    const target = links < MOST_LINKS ? targetOf(full) : undefined;
    const parent = keyOf(directory, links);
    return target === undefined ? join(parent, basename(full)) : keyOf(resolve(parent, target), links + 1);
  }
}

function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
