import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

const HOW_TO = "These tests need a Redis server. On Debian: apt-get update && apt-get install -y redis-server.";

const runs = (file: string, args: readonly string[]): boolean =>
  spawnSync(file, args, { stdio: ["ignore", "ignore", "ignore"] }).status === 0;

/** Installs Debian's `redis-server` where it is missing and this process may; throws saying how to install it otherwise. */
function ensureRedis(): void {
  if (runs("redis-server", ["--version"])) return;
  const mayInstall = process.platform === "linux" && process.getuid?.() === 0 && runs("apt-get", ["--version"]);
  if (!mayInstall) throw new Error(`${HOW_TO} It was not installed now, since that takes root and apt-get.`);
  console.log("Installing redis-server (apt-get), once ...");
  runs("apt-get", ["update"]);
  const args = ["install", "-y", "--no-install-recommends", "redis-server"];
  const install = spawnSync("apt-get", args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  if (!runs("redis-server", ["--version"]))
    throw new Error(`${HOW_TO} apt-get said: ${install.stdout}${install.stderr}`);
}

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
}

/** A Redis server of the test's own, which keeps nothing. */
export async function startRedis(): Promise<RedisServer> {
  ensureRedis();
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "questline-redis-"));
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => server.once("close", resolve));
  await new Promise<void>((resolve, reject) => {
    let said = "";
    server.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (/ready to accept connections/i.test(said)) resolve();
    });
    server.once("error", reject);
    server.once("close", (code) => reject(new Error(`redis-server ended with ${code}: ${said}`)));
  });
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
