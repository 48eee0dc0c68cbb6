import type { Occurs } from "../catalogue/events.ts";
import type { IntentKind } from "../intent/intent.ts";

/**
 * Whether a result may wait for the window. What ends a match is due at once, and so is what a player is waiting to
 * see (an unlock) or what must not be overtaken (a forced score); counts, bits and best scores of recurring events gather.
 */
export function mayWait(occurs: Occurs, kind: IntentKind, force: boolean): boolean {
  return occurs === "each" && kind !== "unlock" && !force;
}
