import { spawnSync } from "node:child_process";
import { mkdirSync, statfsSync } from "node:fs";

/** The file of one game grows to a few MiB; the rest is air. */
const SIZE = 256 * 1_024 * 1_024;
const TRIES = 5;

/** A file system of its own, in memory, that can be made full at once and roomy again. Linux, as root. */
export class SmallDisk implements Disposable {
  readonly folder: string;
  #mounted = true;

  private constructor(folder: string) {
    this.folder = folder;
    process.on("exit", () => this[Symbol.dispose]());
  }

  /** Or why there can be none here. */
  static mount(folder: string): SmallDisk | { readonly skipped: string } {
    if (process.platform !== "linux") return { skipped: "a disk of its own can be mounted on Linux only" };
    if (process.getuid?.() !== 0) return { skipped: "only the superuser may mount a disk" };
    mkdirSync(folder, { recursive: true });
    const problem = mount("-t", "tmpfs", "-o", `size=${SIZE}`, "questline-chaos", folder);
    return problem === undefined ? new SmallDisk(folder) : { skipped: `it could not be mounted: ${problem}` };
  }

  /** No byte more fits until `free`. */
  fill(): void {
    for (let tries = TRIES; tries > 0; tries -= 1) {
      const { bsize, blocks, bfree } = statfsSync(this.folder);
      // It refuses to be smaller than what it holds, and somebody may be writing just now.
      if (this.#resize((blocks - bfree) * bsize) === undefined) return;
    }
    throw new Error(`the disk at ${this.folder} could not be made full`);
  }

  free(): void {
    const problem = this.#resize(SIZE);
    if (problem !== undefined) throw new Error(`the disk at ${this.folder} stays full: ${problem}`);
  }

  [Symbol.dispose](): void {
    if (!this.#mounted) return;
    this.#mounted = false;
    spawnSync("umount", ["-l", this.folder], { stdio: "ignore" });
  }

  #resize(bytes: number): string | undefined {
    return mount("-o", `remount,size=${Math.max(bytes, 4_096)}`, this.folder);
  }
}

/** What it complained about. */
function mount(...args: readonly string[]): string | undefined {
  const { status, stderr, error } = spawnSync("mount", args, { encoding: "utf8" });
  if (status === 0) return undefined;
  return error?.message ?? stderr.trim();
}
