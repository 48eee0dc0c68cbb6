import { createHash } from "node:crypto";
import type { Parameters } from "../graph/parameters.ts";
import type { WorldState } from "../world/state.ts";

const SECRET_NAME = /token|secret|nonce|proof|password/i;
const MAX_VALUE = 256;

/** A kind and a short fingerprint in place of a secret. */
export function fingerprint(kind: string, secret: string): string {
  return `${kind}:${createHash("sha256").update(secret).digest("hex").slice(0, 12)}`;
}

/** Parameters fit for the log: no secret, and nothing long. */
export function redactedParameters(parameters: Parameters, tokenKind: string): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of parameters.entries()) {
    const key = name.slice(0, MAX_VALUE);
    if (name === "access_token") shown[key] = fingerprint(tokenKind, value);
    else if (SECRET_NAME.test(name)) shown[key] = fingerprint(name.toLowerCase().slice(0, 32), value);
    else if (value.includes("OC|")) shown[key] = fingerprint("secret", value);
    else shown[key] = value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value;
  }
  return shown;
}

/** A path fit for the log, even when somebody puts a token into it. */
export function redactedPath(path: string, state: WorldState): string {
  if (path.length <= 64 && !path.includes("|") && !path.includes("%7")) return path;
  const shown = path.split("/").map((segment) => {
    const isSecret = /\||%7c/i.test(segment) || state.tokens.has(segment) || state.nonces.has(segment);
    return isSecret ? fingerprint("secret", segment) : segment;
  });
  return shown.join("/").slice(0, MAX_VALUE);
}
