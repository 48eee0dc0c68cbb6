import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEmulator, type Seed, type WorldSnapshot } from "@questline/emulator";
import { parse } from "yaml";
import { freePort } from "./free-port.ts";
import { runProgram, startProgram } from "./running-program.ts";

export const programs = fileURLToPath(new URL("programs/", import.meta.url));

const seedFile = join(programs, "seed.yaml");

/** The platform as it is before anything is reported. */
export const restartSeed = async (): Promise<Seed> => parse(await readFile(seedFile, "utf8")) as Seed;

export interface RestartStory {
  /** What the first life said of its report before it was killed, and how it ended. */
  readonly reported: string;
  readonly killedBy: NodeJS.Signals | null;
  /** What the second life said of the same report, and what it still owed at its end. */
  readonly reportedAgain: string;
  /** What the second life said on stderr. */
  readonly warnings: string;
  readonly debts: { readonly owed: number; readonly dead: number };
  readonly world: WorldSnapshot;
}

export interface RestartCast {
  /** Where the programs find their packages. */
  readonly cwd: string;
  /** The arguments of Node before those of `report-match.mjs`, the program included. */
  readonly game: readonly string[];
  /** The same for `questline-emulator`. Default: it runs in this process. */
  readonly emulator?: readonly string[];
  /** The Node of `report-match.mjs`. Default: the Node that runs the tests. */
  readonly node?: string;
}

/**
 * While the platform is down, a program reports a match end to SQLite and is killed as soon as that is durable. Then the
 * platform comes back, the program starts again on the same file, reports the same match end again, delivers and ends.
 */
export async function playRestart({ cwd, game, emulator, node }: RestartCast): Promise<RestartStory> {
  const folder = await mkdtemp(join(tmpdir(), "questline-restart-"));
  try {
    const database = join(folder, "game.db");
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;

    await using first = startProgram([...game, url, database, "report"], { cwd, node });
    const reported = await first.line(/./);
    first.kill("SIGKILL");
    const { signal: killedBy } = await first.ended;

    await using _platform = await (emulator === undefined
      ? createEmulator({ port, seed: await restartSeed() })
      : startEmulator([...emulator, "--port", String(port), "--seed", seedFile], cwd));
    const second = await runProgram([...game, url, database, "deliver"], { cwd, node });
    const [reportedAgain = "", debts = ""] = second.stdout.split("\n");
    const world = (await (await fetch(`${url}/__emulator/world`)).json()) as WorldSnapshot;
    return { reported, killedBy, reportedAgain, warnings: second.stderr, debts: JSON.parse(debts), world };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function startEmulator(args: readonly string[], cwd: string): Promise<AsyncDisposable> {
  const program = startProgram(args, { cwd });
  await program.line(/listens on/);
  return program;
}
