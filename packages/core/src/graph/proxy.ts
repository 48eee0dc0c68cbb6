import type { Socket } from "node:net";
import { isLoopback } from "./base-url.ts";
import { QuestlineError } from "../errors/questline-error.ts";

/** An HTTP proxy that opens tunnels (`CONNECT`). */
export interface Proxy {
  readonly hostname: string;
  readonly port: number;
  /** What it is told of us; it holds a password. */
  readonly authorization: string | undefined;
}

/** Reads a proxy's URL. Throws `bad_input`, without showing the text: it may hold a password. */
export function readProxy(text: string): Proxy {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.protocol !== "http:") {
    throw new QuestlineError(
      "bad_input",
      "graph.proxy must be the URL of an HTTP proxy, such as http://proxy.example:3128, or http://user:password@… where it asks.",
    );
  }
  const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return {
    hostname: url.hostname.replace(/^\[|\]$/g, ""),
    port: Number(url.port) || 80,
    authorization: url.username === "" ? undefined : `Basic ${Buffer.from(credentials).toString("base64")}`,
  };
}

/** Longer than any proxy's answer to `CONNECT`. */
const MOST_HEAD_BYTES = 16_384;

/** Asks the proxy at the other end of `socket` for a tunnel. From `done` on, the socket is the target's. */
export function openTunnel(
  socket: Socket,
  { authorization }: Proxy,
  target: { readonly hostname: string; readonly port: number },
  done: (error: Error | undefined) => void,
): void {
  const at = `${target.hostname.includes(":") ? `[${target.hostname}]` : target.hostname}:${target.port}`;
  let head = "";
  const onData = (chunk: Buffer): void => {
    head += chunk.toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end === -1 && head.length < MOST_HEAD_BYTES) return;
    socket.off("data", onData);
    socket.pause();
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
    if (end === -1 || status === undefined) return done(new Error("the proxy's answer is not HTTP"));
    if (status !== "200") return done(new Error(`the proxy refused a connection to ${at}: HTTP ${status}`));
    const early = head.slice(end + 4);
    if (early !== "") socket.unshift(Buffer.from(early, "latin1"));
    done(undefined);
  };
  socket.on("data", onData);
  const ours = authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
  socket.write(`CONNECT ${at} HTTP/1.1\r\nHost: ${at}\r\n${ours}\r\n`);
}

/** What says which proxy to use: the program's environment. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy for `baseUrl` that an environment names, as Node's own `fetch` takes it: only with `NODE_USE_ENV_PROXY=1`;
 * `HTTPS_PROXY` or `HTTP_PROXY` by the URL's scheme, in either case; not for hosts in `NO_PROXY`, nor for this machine.
 */
export function proxyOf(baseUrl: URL, environment: ProxyEnvironment): string | undefined {
  // What is on this machine is no other's to carry, and may be unencrypted.
  if (environment["NODE_USE_ENV_PROXY"] !== "1" || isLoopback(baseUrl.hostname)) return undefined;
  const given = (name: string): string | undefined => environment[name.toLowerCase()] || environment[name] || undefined;
  const proxy = given(baseUrl.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy === undefined || isExcepted(baseUrl, given("NO_PROXY") ?? "")) return undefined;
  return proxy;
}

function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, "");
  const at = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return list.split(/[\s,]+/).some((entry) => {
    if (entry === "*") return true;
    // An IPv6 address may stand bare, or in brackets with a port.
    const isBare = entry.split(":").length > 2 && !entry.startsWith("[");
    const [, name = "", only] = (isBare ? undefined : /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase())) ?? [
      "",
      entry.toLowerCase(),
    ];
    const host = name.replace(/^\*?\./, "").replace(/^\[|\]$/g, "");
    if (host === "" || (only !== undefined && only !== at)) return false;
    return bare === host || bare.endsWith(`.${host}`);
  });
}
