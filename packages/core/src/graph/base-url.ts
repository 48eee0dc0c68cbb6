import { QuestlineError } from "../errors/questline-error.ts";
import { orphanedSockets } from "../runtime/orphaned-sockets.ts";
import type { OrphanedSockets } from "../runtime/orphaned-sockets.ts";

export const PRODUCTION_URL = "https://graph.oculus.com";

/** Where requests go. */
export interface BaseUrl {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
  /** Path in front of every request's own, without a slash at its end; mostly empty. */
  readonly prefix: string;
}

/** Reads a base URL. Throws `bad_input`, without showing the text: people put credentials there. */
export function readBaseUrl(text: string): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const problem =
    url === undefined
      ? "is not a URL"
      : url.protocol !== "https:" && url.protocol !== "http:"
        ? "must begin with https:// or http://"
        : url.username !== "" || url.password !== ""
          ? "must not hold a user name or password"
          : url.search !== "" || url.hash !== ""
            ? "must not hold a query or fragment"
            : undefined;
  if (url === undefined || problem !== undefined) {
    throw new QuestlineError("bad_input", `The platform's base URL ${problem}; give one such as ${PRODUCTION_URL}.`);
  }
  const port = url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);
  return { origin: url.origin, hostname: url.hostname, port, prefix: url.pathname.replace(/\/+$/, "") };
}

const LOOPBACK = /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/;

/** This machine, by one of its own names. */
export const isLoopback = (hostname: string): boolean => LOOPBACK.test(hostname);

/** Refuses `http://` to any machine but this one, where not allowed: every request holds a token. Throws `bad_input`. */
export function checkSecure(baseUrl: string, allowInsecureBaseUrl: boolean | undefined, proxyHost?: string): void {
  const { origin, hostname } = readBaseUrl(baseUrl);
  if (allowInsecureBaseUrl === true || !origin.startsWith("http://")) return;
  // A tunnel begins at the proxy: what is unencrypted travels there.
  if (isLoopback(proxyHost ?? hostname) && isLoopback(hostname)) return;
  throw new QuestlineError(
    "bad_input",
    `The platform's base URL ${origin} would send the app secret unencrypted to another machine: use https://, or give ` +
      "allowInsecureBaseUrl: true beside it if that network is yours alone.",
  );
}

/** A base URL in the one way in which it is compared. Throws as `readBaseUrl`. */
export function addressOf(baseUrl: string): string {
  const { origin, prefix } = readBaseUrl(baseUrl);
  return `${origin}${prefix}`;
}

/** Looks for sockets to the platform that outlived their process. */
export function orphansOf(baseUrl: string = PRODUCTION_URL): () => OrphanedSockets {
  const { port } = readBaseUrl(baseUrl);
  return () => orphanedSockets(port);
}
