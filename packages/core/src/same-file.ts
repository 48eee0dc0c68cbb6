import { realpathSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";

/** Changes with what holders of a file expect of each other; another copy of this package may be older or newer. */
const VERSION = 1;
const registry: unique symbol = Symbol.for("questline.files") as never;

/** Who holds a file in this process, and gives it to a newer one of the same app. */
export interface FileHolder<Next> {
  /** Resolves when the file is free. */
  give(next: Next): Promise<void>;
}

interface Registered extends FileHolder<unknown> {
  readonly version: number;
}

/** A place in the list of this process's files. */
export interface FilePlace<Next> {
  /** Who had it before, if that one can give it. */
  readonly before: FileHolder<Next> | undefined;
  /** Takes it off the list, unless a newer one has it. */
  leave(): void;
}

/**
 * Enters the holder of `path` for `app` in a list that is the whole process's: also of copies of this module, which a hot
 * reload or a bundler makes. One of another app is left alone, and so is one of a copy that does not know this one: their
 * file can only be waited for.
 */
export function enterFile<Next>(path: string, app: string, holder: FileHolder<Next>): FilePlace<Next> {
  const files = ((globalThis as { [registry]?: Map<string, Registered> })[registry] ??= new Map());
  const key = `${app} ${keyOf(path)}`;
  const known = files.get(key);
  if (known !== undefined && known.version !== VERSION) return { before: undefined, leave: () => undefined };
  const entry: Registered = { version: VERSION, give: (next) => holder.give(next as Next) };
  files.set(key, entry);
  return {
    before: known,
    leave: () => {
      if (files.get(key) === entry) files.delete(key);
    },
  };
}

/** The file by whatever name it is reached, also before it is there. */
function keyOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    try {
      return join(realpathSync.native(dirname(resolve(path))), basename(path));
    } catch {
      return resolve(path);
    }
  }
}
