import { execFileSync } from "node:child_process";

/** Two hosts of their own and a router between them that can lose everything, in silence. */
export interface LossyNetwork extends Disposable {
  /** Network namespaces: where the game runs, and the platform. */
  readonly game: string;
  readonly platform: string;
  readonly platformHost: string;
  /** From now on the router drops what comes, both ways, and tells nobody. */
  down(): void;
  up(): void;
}

const GAME_HOST = "198.18.1.2";
const PLATFORM_HOST = "198.18.2.2";

/** The network; or, where there can be none, why. */
export function lossyNetwork(): LossyNetwork | string {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "network namespaces take root";
  const [game, router, platform] = ["game", "router", "meta"].map((name) => `ql-${process.pid}-${name}`) as Names;
  const dispose = (): void => [game, router, platform].forEach((name) => attempt(["netns", "del", name]));
  const lost = [GAME_HOST, PLATFORM_HOST];
  try {
    for (const name of [game, router, platform]) {
      ip("netns", "add", name);
      ip("-n", name, "link", "set", "lo", "up");
    }
    connect(router, { host: game, address: GAME_HOST, gateway: "198.18.1.1", link: "to-game" });
    connect(router, { host: platform, address: PLATFORM_HOST, gateway: "198.18.2.1", link: "to-platform" });
    ip("netns", "exec", router, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
    for (const host of lost) ip("-n", router, "route", "add", "blackhole", `${host}/32`);
    for (const host of lost) ip("-n", router, "route", "del", "blackhole", `${host}/32`);
  } catch (error) {
    dispose();
    return `this machine gives no network namespaces: ${String(error).trim().split("\n").at(-1)}`;
  }
  return {
    game,
    platform,
    platformHost: PLATFORM_HOST,
    down: () => lost.forEach((host) => ip("-n", router, "route", "add", "blackhole", `${host}/32`)),
    up: () => lost.forEach((host) => ip("-n", router, "route", "del", "blackhole", `${host}/32`)),
    [Symbol.dispose]: dispose,
  };
}

type Names = [string, string, string];

interface Host {
  readonly host: string;
  readonly address: string;
  readonly gateway: string;
  readonly link: string;
}

function connect(router: string, { host, address, gateway, link }: Host): void {
  ip("link", "add", "name", link, "netns", router, "type", "veth", "peer", "name", "eth0", "netns", host);
  ip("-n", router, "addr", "add", `${gateway}/24`, "dev", link);
  ip("-n", router, "link", "set", link, "up");
  ip("-n", host, "addr", "add", `${address}/24`, "dev", "eth0");
  ip("-n", host, "link", "set", "eth0", "up");
  ip("-n", host, "route", "add", "default", "via", gateway);
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
}

function attempt(args: readonly string[]): void {
  try {
    ip(...args);
  } catch {
    // It was never made.
  }
}
