import { execFile } from "node:child_process";
import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parse } from "yaml";
import { bin, packPackages, root, withPrograms as env } from "./packed-packages.ts";

const run = promisify(execFile);

interface Workspace {
  readonly catalog: Readonly<Record<string, string>>;
}

/** A project outside the workspace, with the packed packages installed by npm. */
export interface PackedProject extends AsyncDisposable {
  readonly folder: string;
  /** Runs the workspace's compiler over a tsconfig of the project; resolves with what it complains about. */
  typeErrors(tsconfig: string): Promise<string>;
}

export interface PackedProjectOptions {
  /** The folder beside this file whose files are the project's. Default `consumer`. */
  readonly consumer?: string;
  /** What the project depends on besides the packages. Default: Colyseus as the workspace has it. */
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Packs the three packages as they would be published, and installs the tarballs in an empty project. */
export async function installPackedProject(options: PackedProjectOptions = {}): Promise<PackedProject> {
  const folder = await mkdtemp(join(tmpdir(), "questline-packed-"));
  try {
    return await fillProject(folder, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function fillProject(folder: string, options: PackedProjectOptions): Promise<PackedProject> {
  const tarballs = await packPackages(folder);
  const dependencies = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:./${path}`]));
  const { catalog } = parse(await readFile(join(root, "pnpm-workspace.yaml"), "utf8")) as Workspace;
  const project = {
    private: true,
    type: "module",
    dependencies: { ...dependencies, ...(options.dependencies ?? { "@colyseus/core": catalog["@colyseus/core"] }) },
    devDependencies: { "@types/node": catalog["@types/node"] },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify(project));
  await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder, env });
  await cp(join(import.meta.dirname, options.consumer ?? "consumer"), folder, { recursive: true });
  await copyFile(join(root, "test/programs/report-match.mjs"), join(folder, "report-match.mjs"));

  return {
    folder,
    async typeErrors(tsconfig) {
      try {
        await run(join(bin, "tsc"), ["-p", tsconfig], { cwd: folder, env });
        return "";
      } catch (error) {
        return String((error as { stdout?: string }).stdout ?? error);
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
