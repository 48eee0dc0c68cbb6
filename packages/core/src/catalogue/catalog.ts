import { checkCatalogue } from "./check-catalogue.ts";
import type { Achievements, Leaderboards } from "./definitions.ts";
import type { Events } from "./events.ts";

/** No leaderboards: what is inferred where none are given. */
export type NoLeaderboards = Readonly<Record<never, never>>;

/** What a game defines, without any secret: safe to share with clients, tests and a local platform's seed. */
export interface Catalog<E extends Events, A extends Achievements, L extends Leaderboards> {
  readonly events: E;
  readonly achievements: A;
  readonly leaderboards: L;
}

/** Checks and freezes a catalogue. Throws `bad_input` naming the definition that is wrong. */
export function defineCatalog<
  const E extends Events,
  const A extends Achievements,
  const L extends Leaderboards = NoLeaderboards,
>(parts: { readonly events: E; readonly achievements: A; readonly leaderboards?: L }): Catalog<E, A, L> {
  checkCatalogue(parts);
  return Object.freeze({
    events: Object.freeze({ ...parts.events }),
    achievements: Object.freeze({ ...parts.achievements }),
    leaderboards: Object.freeze({ ...parts.leaderboards }) as L,
  });
}
