import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type ProgramEnd, runProgram } from "../running-program.ts";

/** Runs a package manager in a folder; throws with what it said unless it ends with 0. */
type Manager = (args: readonly string[], cwd: string) => Promise<ProgramEnd>;

export interface Managers {
  /** Paths of their programs. */
  readonly "npm 10": string;
  readonly "npm 11": string;
  readonly pnpm: string;
}

export interface GameProjectOptions {
  readonly manager: keyof Managers;
  readonly managers: Managers;
  /** Where the packages of ours come from. */
  readonly registry: string;
  readonly dependencies: Readonly<Record<string, string>>;
  /** What it has besides. Default: what the installs are tried with. */
  readonly files?: string;
}

/** The project of a game, outside the workspace, as somebody has it who has not heard of Questline yet. */
export interface GameProject extends AsyncDisposable {
  readonly folder: string;
  /** Adds packages; resolves with what the manager said. Throws when it refuses. */
  add(packages: readonly string[]): Promise<string>;
  /** Throws where a peer is missing, or is of a version that does not fit. */
  checkPeers(): Promise<void>;
}

/** Colyseus asks for it from a git host, and needs it for no transport used here. */
const overrides = { "uWebSockets.js": "npm:empty-npm-package@1.0.0" };
/** The one install script of Colyseus's packages: not needed, since they work without what it builds. */
const scripts = { "msgpackr-extract": false };

export async function gameProject(options: GameProjectOptions): Promise<GameProject> {
  const home = await mkdtemp(join(tmpdir(), "questline-game-"));
  const dispose = (): Promise<void> => rm(home, { recursive: true, force: true });
  try {
    const project = options.manager === "pnpm" ? await pnpmProject(home, options) : await npmProject(home, options);
    await cp(options.files ?? join(import.meta.dirname, "consumer-installs"), project.folder, { recursive: true });
    return { ...project, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

type Undisposed = Omit<GameProject, typeof Symbol.asyncDispose>;

async function npmProject(folder: string, options: GameProjectOptions): Promise<Undisposed> {
  const { manager, managers, registry, dependencies } = options;
  const npm = managerAt(managers[manager]);
  const install = ["install", "--strict-peer-deps", "--prefer-offline", "--no-audit", "--no-fund"];
  await writeFile(join(folder, ".npmrc"), `@questline:registry=${registry}\n`);
  const manifest = { private: true, type: "module", dependencies, overrides, allowScripts: scripts };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await npm(install, folder);
  return {
    folder,
    async add(packages) {
      const { stdout, stderr } = await npm([...install, ...packages], folder);
      return stdout + stderr;
    },
    async checkPeers() {
      await npm(["ls", "--all"], folder);
    },
  };
}

/**
 * A workspace in which packages find what they declare and nothing else. The game is one of its packages, so that ours does
 * not see the game's `node_modules` from where it is.
 */
async function pnpmProject(home: string, options: GameProjectOptions): Promise<Undisposed> {
  const { manager, managers, registry, dependencies } = options;
  const pnpm = managerAt(managers[manager]);
  const folder = join(home, "game");
  await mkdir(folder);
  const workspace = {
    packages: ["game"],
    // What @colyseus/auth imports and does not declare.
    hoistPattern: ["@colyseus/better-call"],
    overrides,
    allowBuilds: { ...scripts, esbuild: false },
  };
  await writeFile(join(home, "pnpm-workspace.yaml"), JSON.stringify(workspace));
  await writeFile(join(home, ".npmrc"), `@questline:registry=${registry}\n`);
  await writeFile(join(home, "package.json"), JSON.stringify({ private: true }));
  const manifest = { name: "game", private: true, type: "module", dependencies };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  await pnpm(["install", "--prefer-offline", "--no-frozen-lockfile"], folder);
  return {
    folder,
    async add(packages) {
      const { stdout, stderr } = await pnpm(["add", "--prefer-offline", ...packages], folder);
      return stdout + stderr;
    },
    async checkPeers() {
      await pnpm(["peers", "check"], folder);
    },
  };
}

/** npm is a program for Node, pnpm one of its own. */
function managerAt(program: string): Manager {
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env["PATH"]}`;
  const env = { PATH, npm_config_legacy_peer_deps: "false" };
  return (args, cwd) =>
    program.endsWith(".js")
      ? runProgram([program, ...args], { cwd, env })
      : runProgram(args, { cwd, env, node: program });
}
