import { readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { thisProcess } from "../runtime/this-process.ts";

const LONGEST_NAME = 300;

/**
 * Who holds a database file, in a small file beside it that each holder writes anew. It locks nothing: it tells people whom
 * to look for, and a holder that another one has come after it, whatever became of the locks.
 */
export class HolderMark {
  readonly #path: string;
  #ours: string;

  /** Writes the mark. */
  constructor(database: string) {
    this.#path = markOf(database);
    this.#ours = this.#write("w");
  }

  /** False once somebody else has written it. One that was deleted is written again. */
  stands(): boolean {
    const found = fingerprint(this.#path);
    if (found === undefined) this.#ours = this.#write("wx");
    return found === undefined || found === this.#ours;
  }

  #write(flag: "w" | "wx"): string {
    writeFileSync(this.#path, `${thisProcess()}\n`, { flag, mode: 0o600 });
    return fingerprint(this.#path) ?? "";
  }
}

/** Who wrote the mark last, in words; undefined if nobody did. */
export function lastHolder(database: string): string | undefined {
  try {
    const [line = ""] = readFileSync(markOf(realpathSync.native(database)), "utf8")
      .slice(0, LONGEST_NAME)
      .split("\n");
    return /^process \d+ on "[^"\p{C}]*"$/u.test(line) ? line : undefined;
  } catch {
    return undefined;
  }
}

const markOf = (database: string): string => `${database}-holder`;

/** Changes with every writing. Of its name only: opening it takes a descriptor, of which a busy server may have none left. */
function fingerprint(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}:${found.mtimeNs}`;
}
