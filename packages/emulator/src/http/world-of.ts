import type { IncomingMessage } from "node:http";
import { unescaped } from "../graph/unescaped.ts";

/** Names a world where a base URL cannot carry a path. */
const WORLD_HEADER = "x-questline-world";

/** Which world a request is for, taken off its path; undefined for the default one. */
export function worldOf(incoming: IncomingMessage): string | undefined {
  const url = incoming.url ?? "/";
  const match = /^\/__worlds\/([^/?]*)(?=[/?]|$)/.exec(url);
  if (match !== null) {
    const rest = url.slice(match[0].length);
    incoming.url = rest.startsWith("/") ? rest : `/${rest}`;
    return unescaped(match[1] ?? "");
  }
  const named = incoming.headers[WORLD_HEADER];
  return typeof named === "string" && named !== "" ? named : undefined;
}
