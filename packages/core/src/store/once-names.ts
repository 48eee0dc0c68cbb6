import type { LaneKey } from "../intent/intent.ts";
import type { OnceKey } from "../intent/once-key.ts";

/** Joins parts so that no two lists of parts read the same, whatever characters a caller's ids hold. */
function name(...parts: readonly string[]): string {
  let text = "";
  for (const part of parts) text += `${part.length}:${part}`;
  return text;
}

/** What all of a user's firings in a match without an occurrence share: the name of one row. */
export function matchName(key: LaneKey, once: OnceKey): string {
  return name(key.app, once.match, key.user);
}

/** One firing within such a row. */
export function firingName(once: OnceKey): string {
  return name(once.event, once.rule);
}

/** A firing with an occurrence: a row of its own. The match leads, so that a match's rows lie together. */
export function occurrenceName(key: LaneKey, once: OnceKey): string {
  return name(key.app, once.match, key.user, once.event, once.occurrence, once.rule);
}
