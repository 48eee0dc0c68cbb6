// Runs one redis-server that ends with this process. Tells its port, or why there is none.
import { spawn, spawnSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";

const INSTALL_MS = 60_000;

/** Why there is none. Debian's is installed only where that was asked for; the package's own service is not started. */
function ensureInstalled(): string | undefined {
  if (spawnSync("redis-server", ["--version"]).status === 0) return undefined;
  if (!process.argv.includes("--install-missing"))
    return "redis-server is not installed: apt-get install redis-server, or give --install-missing";
  if (process.getuid?.() !== 0) return "redis-server is not installed, and installing it takes root";
  process.stderr.write("bench: redis-server is missing; installing it with apt-get ...\n");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const install = spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "redis-server"], {
    env,
    timeout: INSTALL_MS,
  });
  return install.status === 0 ? undefined : "redis-server is not installed, and apt-get could not install it";
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

async function run(): Promise<void> {
  const missing = ensureInstalled();
  if (missing !== undefined) {
    process.send?.({ skipped: missing });
    return;
  }
  const port = await freePort();
  // Nothing is written to disk: what BullMQ is compared by is its best.
  const args = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const redis = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] });
  process.on("exit", () => redis.kill("SIGKILL"));
  redis.once("exit", () => process.exit(1));
  redis.stdout.on("data", (text: Buffer) => {
    if (text.includes("Ready to accept connections")) process.send?.({ port });
  });
}

process.on("disconnect", () => process.exit(0));
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => process.exit(1));
await run();
