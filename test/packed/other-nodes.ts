import { join } from "node:path";
import { fetchedPackages } from "./fetched-packages.ts";

/** A program of Node, or why there is none on this machine. */
export type OtherNode = { readonly path: string } | { readonly missing: string };

/** Versions of Node for this machine, from where npm's `node` package has them. */
export async function otherNodes(versions: readonly string[]): Promise<ReadonlyMap<string, OtherNode>> {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const aliases = versions.map((version) => [`node-${version}`, `npm:${name}@${version}`] as const);
  const fetched = await fetchedPackages(Object.fromEntries(aliases));
  const nodeOf = (version: string): OtherNode =>
    "missing" in fetched ? fetched : { path: join(fetched.folder, "node_modules", `node-${version}`, "bin", "node") };
  return new Map(versions.map((version) => [version, nodeOf(version)]));
}
