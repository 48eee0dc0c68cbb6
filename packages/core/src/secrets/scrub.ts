import { reveal, type Secret } from "./secret.ts";

const IN_A_URL = /\b(access_token|nonce|code)=[^&\s"'\\]+/g;
/** User tokens have begun with FRL, FRLA, OC and OCA; the platform's exception names are shorter. */
const USER_TOKEN = /\b(?:FRL|OC)[A-Za-z0-9_-]{16,}/g;
const APP_TOKEN = /\bOC(?:\||%7C)\d+(?:\||%7C)[^\s"'&\\]+/gi;

/** `text` with every one of `secrets`, and all that looks like a token, replaced. For what the platform wrote. */
export function scrub(text: string, secrets: readonly Secret[]): string {
  let clean = text;
  for (const wrapped of secrets) {
    const value = reveal(wrapped);
    for (const form of [value, encodeURIComponent(value)]) clean = clean.replaceAll(form, wrapped.toString());
  }
  return clean.replace(APP_TOKEN, "[app token]").replace(USER_TOKEN, "[user token]").replace(IN_A_URL, "$1=[removed]");
}
