import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root: string = fileURLToPath(new URL("../..", import.meta.url));

/** The workspace's programs. */
export const bin: string = join(root, "node_modules", ".bin");

/** With the workspace's programs on the path. */
export const withPrograms: NodeJS.ProcessEnv = { ...process.env, PATH: `${bin}${delimiter}${process.env["PATH"]}` };

const packages = { core: "@questline/core", emulator: "@questline/emulator", "colyseus-plugin": "@questline/colyseus" };

/** Packs the three packages as they would be published; resolves with the tarballs' paths within the folder, by name. */
export async function packPackages(folder: string): Promise<ReadonlyMap<string, string>> {
  const tarballs = new Map<string, string>();
  for (const [name, published] of Object.entries(packages)) {
    const home = join(root, "packages", name);
    if (!existsSync(join(home, "dist"))) throw new Error(`packages/${name} is not built: run npm run build first`);
    const args = ["pack", "--pack-destination", join(folder, name)];
    await promisify(execFile)("pnpm", args, { cwd: home, env: withPrograms });
    const [tarball] = await readdir(join(folder, name));
    tarballs.set(published, `${name}/${tarball}`);
  }
  return tarballs;
}
