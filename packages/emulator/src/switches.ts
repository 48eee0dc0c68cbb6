import { z } from "zod";
import { parseInput } from "./input-error.ts";

/** Where documents contradict each other or say nothing, one of these decides. `behaviours` says which and why. */
export interface Switches {
  /** Default "lenient": app tokens write client-authoritative objects, user tokens read, foreign parameters are ignored. */
  readonly writePolicy: "lenient" | "strict";
  /** Progress after the unlock. Default "accumulate"; "cap" stops counts at the target; "freeze" changes nothing more. */
  readonly afterUnlock: "accumulate" | "cap" | "freeze";
  /** Whether a progress read shows achievements without progress. Default "absent". */
  readonly progressRows: "absent" | "zero";
  /** Progress reads answer without `definition`, although asked for. Default false. */
  readonly omitDefinition: boolean;
  /** Rows of a page when the request has no `limit`. Default 25. */
  readonly pageSize: number;
  /** Rows of a page at most, whatever `limit` says. Default 500. */
  readonly maxPageSize: number;
  /** Counts, targets and scores as JSON strings. Default false: as numbers. */
  readonly longsAsStrings: boolean;
  /** Life of a nonce in milliseconds. Default 300000. */
  readonly nonceTtlMs: number;
  /** Life of a user token in milliseconds. Default null: until it is expired or revoked. */
  readonly tokenTtlMs: number | null;
  /** HTTP status of code 190. Default 400, as observed; 401 is on the platform's list. */
  readonly invalidTokenStatus: 400 | 401;
  /** HTTP status of a path that does not exist. Default 400. */
  readonly unknownPathStatus: 400 | 404;
  /** `unlock_time` of a locked row. Default "absent". */
  readonly lockedUnlockTime: "absent" | "zero";
  /** The `id` that a progress write answers. Default "progress": an id of its own. */
  readonly writeAnswerId: "progress" | "user";
  /** Progress writes to an archived achievement. Default "refuse" (code 100). */
  readonly archivedWrites: "refuse" | "accept";
}

export const defaultSwitches: Switches = {
  writePolicy: "lenient",
  afterUnlock: "accumulate",
  progressRows: "absent",
  omitDefinition: false,
  pageSize: 25,
  maxPageSize: 500,
  longsAsStrings: false,
  nonceTtlMs: 300_000,
  tokenTtlMs: null,
  invalidTokenStatus: 400,
  unknownPathStatus: 400,
  lockedUnlockTime: "absent",
  writeAnswerId: "progress",
  archivedWrites: "refuse",
};

const positive = z.int("a whole number of at least 1").min(1, "a whole number of at least 1");

const switchesSchema = z
  .strictObject({
    writePolicy: z.enum(["lenient", "strict"]),
    afterUnlock: z.enum(["accumulate", "cap", "freeze"]),
    progressRows: z.enum(["absent", "zero"]),
    omitDefinition: z.boolean(),
    pageSize: positive,
    maxPageSize: positive,
    longsAsStrings: z.boolean(),
    nonceTtlMs: positive,
    tokenTtlMs: positive.nullable(),
    invalidTokenStatus: z.union([z.literal(400), z.literal(401)]),
    unknownPathStatus: z.union([z.literal(400), z.literal(404)]),
    lockedUnlockTime: z.enum(["absent", "zero"]),
    writeAnswerId: z.enum(["progress", "user"]),
    archivedWrites: z.enum(["refuse", "accept"]),
  })
  .partial();

/** Some of the switches, checked. @throws EmulatorInputError naming the switch. */
export function parseSwitches(input: unknown, path: string): Partial<Switches> {
  return parseInput(switchesSchema, input, path) as Partial<Switches>;
}

export interface SwitchBoard {
  get(): Switches;
  /** Changes the given switches at once. @throws EmulatorInputError naming the switch. */
  set(changes: Partial<Switches>): Switches;
  /** Back to the defaults, with these changes. */
  reset(changes: Partial<Switches>): void;
}

export function createSwitchBoard(): SwitchBoard {
  let current = defaultSwitches;
  return {
    get: () => current,
    set(changes) {
      current = Object.freeze({ ...current, ...parseSwitches(changes, "switches") });
      return current;
    },
    reset(changes) {
      current = Object.freeze({ ...defaultSwitches, ...changes });
    },
  };
}
