import { fingerprint } from "../fingerprint.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { WorldState } from "../world/state.ts";

const SECRET_NAME = /token|secret|nonce|proof|password|code/i;
const MAX_VALUE = 256;
/** More than any operation has; a hostile request could otherwise fill the log. */
const MAX_PARAMETERS = 64;

/** Parameters fit for the log: no secret, and nothing long. */
export function redactedParameters(parameters: Parameters, tokenKind: string): Record<string, string> {
  const shown: [string, string][] = [];
  for (const [name, value] of parameters.entries()) {
    if (shown.length === MAX_PARAMETERS) break;
    const key = name.includes("OC|") ? fingerprint("secret", name) : name.slice(0, MAX_VALUE);
    shown.push([key, shownValue(name, value, tokenKind)]);
  }
  return Object.fromEntries(shown);
}

function shownValue(name: string, value: string, tokenKind: string): string {
  if (name === "access_token") return fingerprint(tokenKind, value);
  if (SECRET_NAME.test(name)) return fingerprint(name.toLowerCase().slice(0, 32), value);
  if (value.includes("OC|")) return fingerprint("secret", value);
  return value.length > MAX_VALUE ? `${value.slice(0, MAX_VALUE)}…` : value;
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
