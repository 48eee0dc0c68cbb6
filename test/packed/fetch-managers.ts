import { join } from "node:path";
import { fetchedPackages } from "./fetched-packages.ts";
import type { Managers } from "./game-project.ts";
import { bin } from "./packed-packages.ts";

/** The package managers that games are installed with. */
export async function fetchManagers(): Promise<Managers> {
  const fetched = await fetchedPackages({ "npm-10": "npm:npm@10.9.9", "npm-11": "npm:npm@11.21.2" });
  if ("missing" in fetched) throw new Error(fetched.missing);
  const npm = (version: string): string => join(fetched.folder, `node_modules/npm-${version}/bin/npm-cli.js`);
  return { "npm 10": npm("10"), "npm 11": npm("11"), pnpm: join(bin, "pnpm") };
}
