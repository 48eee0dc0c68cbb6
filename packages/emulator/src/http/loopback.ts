import { isIPv4 } from "node:net";

/** Whether a name or address, as a URL or a socket writes it, can only mean this machine. */
export function isLoopback(host: string): boolean {
  const bare = bareHost(host);
  return bare === "localhost" || bare === "::1" || (isIPv4(bare) && bare.startsWith("127."));
}

/** In lower case, without the brackets of an IPv6 address and without the prefix of an IPv4 address written as one. */
export function bareHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/s, "$1")
    .replace(/^::ffff:(?=\d+\.)/, "");
}
