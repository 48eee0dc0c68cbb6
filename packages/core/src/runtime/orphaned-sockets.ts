import { readFileSync, readlinkSync } from "node:fs";

/** What this machine's kernel may still send for processes that have ended. */
export interface OrphanedSockets {
  /** This boot and this network: a table with the same name is the same table. Undefined where none can be read. */
  readonly kernel: string | undefined;
  /** It still holds bytes for the platform that nobody owns any more; also true where none can be read. */
  readonly lingering: boolean;
}

/** Reads what Linux tells of itself under `/proc`; throws where there is none. */
export interface ProcFiles {
  text(path: string): string;
  link(path: string): string;
}

const linux: ProcFiles = { text: (path) => readFileSync(path, "latin1"), link: (path) => readlinkSync(path) };

/** States in which the end of the connection (FIN) has taken one of the numbers that unacknowledged bytes are counted by. */
const ENDED = new Set(["04", "0B", "09"]);
const TIME_WAIT = "06";

/**
 * Looks for sockets to the platform's port that outlived their process with bytes unacknowledged: Linux retransmits those
 * for up to two minutes. Any host on that port counts, since names resolve differently from one process to the next; another
 * host's orphan makes nobody send too early.
 *
 * A process that is being killed loses its locks on files before its sockets: their closing comes last of all, usually within
 * a millisecond. And the table is no snapshot: while others come and go in it, a row can be passed over. So nothing is shown
 * by one look; where two show nothing, the second at least a second after the first and both after the lock was had, nothing
 * is left. What only ran into an idle connection's end (nothing but a FIN) is not counted.
 */
export function orphanedSockets(port: number, files: ProcFiles = linux): OrphanedSockets {
  try {
    const kernel = `${files.text("/proc/sys/kernel/random/boot_id").trim()}/${files.link("/proc/self/ns/net")}`;
    const tables = [files.text("/proc/net/tcp"), textOrNone("/proc/net/tcp6", files)];
    const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    return { kernel, lingering: tables.some((table) => table.split("\n").some((row) => isOrphan(row, suffix))) };
  } catch {
    return { kernel: undefined, lingering: true };
  }
}

function isOrphan(row: string, suffix: string): boolean {
  const [, , remote, state = "", queues = "", , , , , inode] = row.trim().split(/\s+/);
  if (remote?.endsWith(suffix) !== true || inode !== "0" || state === TIME_WAIT) return false;
  const unacknowledged = Number.parseInt(queues, 16);
  return unacknowledged > (ENDED.has(state) ? 1 : 0);
}

/** A kernel without IPv6 has no table for it. */
function textOrNone(path: string, files: ProcFiles): string {
  try {
    return files.text(path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
