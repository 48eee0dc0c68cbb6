import { fingerprint } from "../fingerprint.ts";
import type { WorldState } from "../world/state.ts";

/** Tokens have begun with FRL, FRLA, OC and OCA; an app token is `OC|id|secret`. */
const LIKE_A_TOKEN = /(?<![A-Za-z0-9])(?:OC\||FRL[\w|-]{4}|OC[\w-]{16})/;
/** Text that nobody made up by hand, such as a proof. */
const OPAQUE = /^(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[\w.+/=-]{32,}$/;
/** Between these, a list or an object in a value holds its words. */
const WORD = /[^\s"'`,;:&?#(){}[\]<>=]+/g;
/** A shorter secret of a test could be part of any word. */
const TELLING_LENGTH = 8;

/** Whether a word is a secret of this world, or looks like one of any. Escapes count as what they stand for. */
export function isSecret(word: string, state: WorldState): boolean {
  const text = unescaped(word);
  if (isName(text, state)) return false;
  return isKnown(text, state) || LIKE_A_TOKEN.test(text) || OPAQUE.test(text);
}

/** The text with a fingerprint in place of each of its words that is a secret. */
export function withoutSecrets(text: string, state: WorldState): string {
  return text.replaceAll(WORD, (word) => (isSecret(word, state) ? fingerprint("secret", word) : word));
}

function isKnown(text: string, { tokens, nonces, linkCodes, attestations, appTokens }: WorldState): boolean {
  if (tokens.has(text) || nonces.has(text) || linkCodes.has(text) || attestations.has(text)) return true;
  for (const { secret } of appTokens.values()) {
    if (text === secret || (secret.length >= TELLING_LENGTH && text.includes(secret))) return true;
  }
  return false;
}

function isName(text: string, { apps }: WorldState): boolean {
  for (const { achievements, leaderboards, items, notificationRequests } of apps.values()) {
    if (achievements.has(text) || leaderboards.has(text) || items.has(text) || notificationRequests.has(text)) {
      return true;
    }
  }
  return false;
}

/** Escapes may be escaped again; what is no escape stays. */
function unescaped(text: string): string {
  let plain = text;
  for (let depth = 0; depth < 3 && plain.includes("%"); depth += 1) {
    plain = plain.replaceAll(/%([0-7][0-9a-f])/gi, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  return plain;
}
