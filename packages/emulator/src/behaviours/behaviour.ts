import type { OperationName } from "../operations/operation-list.ts";
import type { Switches } from "../switches.ts";

/**
 * How sure a behaviour is. `documented`: the platform's own pages or SDK headers say so. `observed`: seen in answers
 * of the real host in public code or issues. `assumed`: neither; our choice.
 */
export type Basis = "documented" | "observed" | "assumed";

export interface Behaviour {
  readonly id: string;
  readonly about: OperationName | "tokens" | "transport" | "errors" | "paging" | "webhooks";
  readonly basis: Basis;
  /** What the emulator does. */
  readonly does: string;
  /** Where it comes from, or what is known instead. */
  readonly source: string;
  /** The switch that changes it. */
  readonly switchedBy?: keyof Switches;
}

/** A behaviour as a line of a table. */
export type BehaviourRow = readonly [
  id: string,
  about: Behaviour["about"],
  basis: Basis,
  does: string,
  source: string,
  switchedBy?: keyof Switches,
];
