import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import type { Events } from "./catalogue/events.ts";
import type { NoLeaderboards } from "./catalogue/catalog.ts";
import type { Sabotage } from "./delivery/sabotage.ts";
import type { QuestlineOptions } from "./options.ts";
import { openQuestline } from "./open-questline.ts";
import type { Questline } from "./questline.ts";

/**
 * Makes the one Questline of a process and app; the store opens at once (`await questline.ready`).
 * Throws `bad_input` for wrong options, names, kinds and rules.
 */
export function createQuestline<
  const E extends Events,
  const A extends Achievements,
  const L extends Leaderboards = NoLeaderboards,
>(options: QuestlineOptions<E, A, L>): Questline<E, A, L> {
  return openQuestline(options);
}

/** As `createQuestline`, broken on purpose: for tests that prove that their guarantee can fail. */
export function createSabotagedQuestline<
  const E extends Events,
  const A extends Achievements,
  const L extends Leaderboards = NoLeaderboards,
>(sabotage: Sabotage, options: QuestlineOptions<E, A, L>): Questline<E, A, L> {
  return openQuestline(options, { sabotage });
}
