import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "vitest";
import { freePort } from "./free-port.ts";
import { skipWith } from "./skip-with.ts";

const HOW_TO =
  "redis-server is not installed; on Debian: apt-get update && apt-get install -y redis-server, " +
  "or npm test -- --install-missing";

const runs = (file: string, args: readonly string[]): boolean =>
  spawnSync(file, args, { stdio: ["ignore", "ignore", "ignore"] }).status === 0;

/** Why there is no Redis server here; undefined where there is one. Debian's is installed only where that was asked for. */
function missingRedis(): string | undefined {
  if (runs("redis-server", ["--version"])) return undefined;
  if (process.env["QUESTLINE_INSTALL_MISSING"] !== "1") return HOW_TO;
  if (process.getuid?.() !== 0 || !runs("apt-get", ["--version"]))
    return `${HOW_TO} (it could not be installed now, since that takes root and apt-get)`;
  console.log("Installing redis-server (apt-get), once ...");
  runs("apt-get", ["update"]);
  const args = ["install", "-y", "--no-install-recommends", "redis-server"];
  const install = spawnSync("apt-get", args, {
    encoding: "utf8",
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
  });
  return runs("redis-server", ["--version"]) ? undefined : `${HOW_TO} (apt-get said: ${install.stderr})`;
}

export interface RedisServer extends AsyncDisposable {
  readonly port: number;
}

/** A Redis server of the test's own, which keeps nothing; or why its tests cannot run here. */
export async function startRedis(): Promise<RedisServer | string> {
  const missing = missingRedis();
  if (missing !== undefined) return missing;
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

/** The server, or the test ends as skipped with the reason. */
export function redisFor(context: TestContext, redis: RedisServer | string): RedisServer {
  return typeof redis === "string" ? skipWith(context, redis) : redis;
}
