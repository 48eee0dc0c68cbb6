import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";

/** The file of one game grows to a few MiB; the rest is air. */
const SIZE = 256 * 1_024 * 1_024;
const TRIES = 5;
const ROOM = 1_024 * 1_024;
const BLOCK = 4_096;

/** A file system of its own, in memory, that can be made full at once and roomy again. Linux, as root. */
export class SmallDisk implements Disposable {
  readonly folder: string;
  #mounted = true;

  private constructor(folder: string) {
    this.folder = folder;
    // Before the folder that it is mounted in is removed.
    process.prependListener("exit", () => this[Symbol.dispose]());
  }

  /** Or why there can be none here. */
  static mount(folder: string): SmallDisk | { readonly skipped: string } {
    if (process.platform !== "linux") return { skipped: "a disk of its own can be mounted on Linux only" };
    if (process.getuid?.() !== 0) return { skipped: "only the superuser may mount a disk" };
    mkdirSync(folder, { recursive: true });
    const problem = mount("-t", "tmpfs", "-o", `size=${SIZE}`, "questline-chaos", folder);
    return problem === undefined ? new SmallDisk(folder) : { skipped: `it could not be mounted: ${problem}` };
  }

  /** Nothing more fits until `free`. */
  fill(): void {
    this.#shrink();
    const file = openSync(this.#filler, "w");
    try {
      for (;;) writeSync(file, Buffer.alloc(BLOCK));
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(this.#filler, { force: true });
    const problem = this.#resize(SIZE);
    if (problem !== undefined) throw new Error(`the disk at ${this.folder} stays full: ${problem}`);
  }

  /** As small as what it holds allows, with some room for whoever is writing just now. */
  #shrink(): void {
    let problem: string | undefined;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const { bsize, blocks, bfree } = statfsSync(this.folder);
      problem = this.#resize((blocks - bfree) * bsize + tries * ROOM);
      if (problem === undefined) return;
    }
    throw new Error(`the disk at ${this.folder} could not be made small: ${problem}`);
  }

  get #filler(): string {
    return join(this.folder, "filler");
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
