import type { OnceKey } from "../intent/once-key.ts";

/** Joins parts so that no two lists of parts read the same, whatever characters a caller's ids hold. */
function name(...parts: readonly string[]): string {
  let text = "";
  for (const part of parts) text += `${part.length}:${part}`;
  return text;
}

/** Reads what `name` wrote; of anything else, as much as reads like it. */
export function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const colon = text.indexOf(":", at);
    const length = text.slice(at, Math.max(at, colon));
    const end = colon + 1 + Number(length);
    if (!/^\d+$/.test(length) || end > text.length) break;
    parts.push(text.slice(colon + 1, end));
    at = end;
  }
  return parts;
}

/** Whose once keys these are. */
export function ownerName(app: string, user: string): string {
  return name(app, user);
}

/** What all of a user's firings in a match without an occurrence share: the name of one row. */
export function matchName(match: string): string {
  return name(match);
}

/** One firing within such a row. */
export function firingName(once: OnceKey): string {
  return name(once.event, once.rule);
}

/** Whether `firingName` can have written this. */
export function isFiringName(text: string): boolean {
  const parts = partsOf(text);
  return parts.length === 2 && name(...parts) === text;
}

/** A firing with an occurrence: a row of its own. Begins with the name of its match. */
export function occurrenceName(once: OnceKey): string {
  return name(once.match, once.event, once.occurrence, once.rule);
}

export function onceOfMatch(match: string, firing: string): OnceKey {
  const [event = "", rule = ""] = partsOf(firing);
  return { match: partsOf(match)[0] ?? "", event, occurrence: "", rule };
}

export function onceOfOccurrence(text: string): OnceKey {
  const [match = "", event = "", occurrence = "", rule = ""] = partsOf(text);
  return { match, event, occurrence, rule };
}
