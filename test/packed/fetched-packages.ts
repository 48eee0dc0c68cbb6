import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const cache = fileURLToPath(new URL("../../node_modules/.cache/", import.meta.url));

/** A folder with `node_modules`, or why there is none on this machine. */
export type FetchedPackages = { readonly folder: string } | { readonly missing: string };

/** Installs packages that only these tests need, once a clone. Their install scripts do not run. */
export async function fetchedPackages(dependencies: Readonly<Record<string, string>>): Promise<FetchedPackages> {
  const manifest = JSON.stringify({ private: true, dependencies });
  const folder = join(cache, `fetched-${createHash("sha256").update(manifest).digest("hex").slice(0, 16)}`);
  if (existsSync(folder)) return { folder };
  const unfinished = `${folder}-${process.pid}`;
  try {
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, "package.json"), manifest);
    const args = ["install", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
    await promisify(execFile)("npm", args, { cwd: unfinished, timeout: 150_000 });
    await rename(unfinished, folder);
    return { folder };
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    const { stderr } = error as { stderr?: string };
    const [line = "no reason given"] = String(stderr ?? error).split("\n", 1);
    return { missing: `npm could not fetch ${Object.values(dependencies).join(", ")}: ${line}` };
  }
}
