import { accessSync, constants, statSync } from "node:fs";
import type { Stats } from "node:fs";
import { dirname, resolve } from "node:path";

/** The database and the files beside it that its holder writes. */
const PARTS = ["", "-wal", "-shm", "-lock", "-holder"];

/**
 * Why this process cannot work with the file `path`, in words that say what to do, as far as its file system tells;
 * undefined where it tells nothing.
 */
export function accessProblem(path: string): string | undefined {
  const directory = dirname(resolve(path));
  const closed = ancestors(directory)
    .map((ancestor) => denied(ancestor, constants.X_OK, "entered"))
    .find((why) => why !== undefined);
  if (closed !== undefined) return closed;
  const place = found(directory);
  if (place === undefined) return `its directory ${JSON.stringify(directory)} does not exist; create it`;
  if (!place.isDirectory()) return `${JSON.stringify(directory)} is no directory`;
  if (found(path)?.isDirectory() === true) return "it is a directory; give the path of a file in it";
  return [directory, ...PARTS.map((part) => `${path}${part}`)]
    .map((name) => denied(name, constants.R_OK | constants.W_OK, "read and written"))
    .find((why) => why !== undefined);
}

/** From the root down to `directory`, this one included. */
function ancestors(directory: string): readonly string[] {
  const above = dirname(directory);
  return above === directory ? [directory] : [...ancestors(above), directory];
}

function denied(path: string, mode: number, done: string): string | undefined {
  try {
    accessSync(path, mode);
    return undefined;
  } catch (error) {
    const name = JSON.stringify(path);
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EROFS") return `${name} is on a volume that is mounted read-only`;
    if (code !== "EACCES" && code !== "EPERM") return undefined;
    const user = process.getuid?.();
    const owner = found(path);
    const whose =
      user === undefined || owner === undefined
        ? ""
        : ` (user ${user}): it belongs to user ${owner.uid}, with mode ${rights(owner)}; run this process as that user, or change owner or mode`;
    return `${name} may not be ${done} by this process${whose}`;
  }
}

const rights = ({ mode }: Stats): string => (mode & 0o777).toString(8).padStart(4, "0");

function found(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // Such as where a directory above it may not be entered.
    return undefined;
  }
}
