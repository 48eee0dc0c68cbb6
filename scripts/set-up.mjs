import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";

export const root = fileURLToPath(new URL("..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const marker = join(root, "node_modules", ".installed-lockfile");
const pnpm = "pnpm@12.21.0";

/** The pinned Node, which runs every program of the workspace; the Node that runs this file may be older. */
export const node = join(bin, "node");

/**
 * The environment of every program: the workspace's own Node and tools come first. Sources are stripped of their types once,
 * not in every thread: V8 (Node 24.21) may free the WebAssembly that does it twice when such threads end beside each other,
 * which ends the process in native code.
 */
export const env = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env["PATH"]}`,
  NODE_COMPILE_CACHE: join(root, "node_modules", ".cache", "compiled"),
};

/** Installs what the lockfile names, unless that is what is installed already. Speaks on stderr only. */
export function ensureInstalled() {
  const wanted = createHash("sha256");
  for (const file of ["pnpm-lock.yaml", "pnpm-workspace.yaml"]) wanted.update(readFileSync(join(root, file)));
  const hash = wanted.digest("hex");
  if (existsSync(node) && existsSync(marker) && readFileSync(marker, "utf8") === hash) return;

  console.error(`Installing dependencies (npx ${pnpm} install --frozen-lockfile), once per lockfile ...`);
  const started = Date.now();
  const install = spawnSync("npx", ["--yes", pnpm, "install", "--frozen-lockfile"], {
    cwd: root,
    // CI keeps pnpm from asking questions.
    env: { ...process.env, CI: "true" },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  if (install.status !== 0) {
    console.error(install.stdout ?? "", install.stderr ?? "", install.error?.message ?? "");
    console.error(
      "The installation failed; what it said is above. Check the network and the npm registry, then repeat.",
    );
    process.exit(1);
  }
  writeFileSync(marker, hash);
  console.error(`Installed in ${((Date.now() - started) / 1000).toFixed(0)} s.`);
}
