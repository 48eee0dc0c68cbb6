import { fingerprint } from "../fingerprint.ts";
import { unescaped } from "../graph/unescaped.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { WorldState } from "../world/state.ts";
import { isSecret, withoutSecrets } from "./secret-text.ts";

const SECRET_NAME = /token|secret|nonce|proof|password|code/i;
const MAX_TEXT = 256;
/** Tokens have up to 4096 characters; one that begins in what is shown is read to its end. */
const READ_TEXT = MAX_TEXT + 4_096;
/** More than any operation has; a hostile request could otherwise fill the log. */
const MAX_PARAMETERS = 64;
/** Ids, versions and words of the platform's paths, mistyped or not; a token has capitals, digits or dashes. */
const PLAIN_SEGMENT = /^(?:\d{1,20}|v\d{1,3}(?:\.\d{1,3})?|[a-z_]{1,40})$/;
const METHOD = /^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/;

/** Parameters fit for the log: no secret, and nothing long. */
export function redactedParameters(
  parameters: Parameters,
  tokenKind: string,
  state: WorldState,
): Record<string, string> {
  const shown: [string, string][] = [];
  for (const [name, value] of parameters.entries()) {
    if (shown.length === MAX_PARAMETERS) break;
    shown.push([shortened(name, state), shownValue(name, value, tokenKind, state)]);
  }
  return Object.fromEntries(shown);
}

function shownValue(name: string, value: string, tokenKind: string, state: WorldState): string {
  if (name === "access_token") return fingerprint(tokenKind, value);
  if (SECRET_NAME.test(name))
    return fingerprint(isSecret(name, state) ? "secret" : name.toLowerCase().slice(0, 32), value);
  return shortened(value, state);
}

function shortened(text: string, state: WorldState): string {
  if (isSecret(text, state)) return fingerprint("secret", text);
  const clean = withoutSecrets(text.slice(0, READ_TEXT), state);
  return clean.length > MAX_TEXT ? `${clean.slice(0, MAX_TEXT)}…` : clean;
}

/** A path fit for the log: whatever is neither an id, nor a word, nor a name of this world could be a token. */
export function redactedPath(path: string, state: WorldState): string {
  const shown = path
    .slice(0, READ_TEXT)
    .split("/")
    .map((segment) => {
      const isPlain = segment === "" || PLAIN_SEGMENT.test(segment) || isKnownId(segment, state);
      return isPlain && !isSecret(segment, state) ? segment : fingerprint("hidden", segment);
    });
  return shown.join("/").slice(0, MAX_TEXT);
}

function isKnownId(segment: string, { nodes, apps }: WorldState): boolean {
  const name = unescaped(segment);
  if (nodes.has(name)) return true;
  for (const { notificationRequests } of apps.values()) if (notificationRequests.has(name)) return true;
  return false;
}

/** A parameter may stand in for the method, and hold anything. */
export function redactedMethod(method: string): string {
  return METHOD.test(method) ? method : "OTHER";
}
