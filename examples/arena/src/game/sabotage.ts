import type { createQuestline } from "@questline/core";
import { createSabotagedQuestline, type Sabotage } from "@questline/core/testing";

/** A Questline that breaks its promise in this named way: the demo must find out. */
export function sabotaged(name: string): typeof createQuestline {
  return (options) => createSabotagedQuestline(name as Sabotage, options);
}
