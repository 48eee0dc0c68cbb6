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
  /** Answer to a consumption or refund of what is not owned. Default "error" (code 100); "flag": `success: false`. */
  readonly refusedPurchases: "error" | "flag";
  /** The `id` of an owned item. Default "own"; "zero" as in the documented sample, `"0"` for all. */
  readonly purchaseIds: "own" | "zero";
  /** Padding of attestation claims. Default "absent". */
  readonly claimsPadding: "absent" | "present";
  /** A federated user by persistent id. Default "user": the object itself; "data": in a list. */
  readonly federatedFind: "user" | "data";
  /** Life of an account-linking code in milliseconds. Default 300000. */
  readonly linkCodeTtlMs: number;
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
  refusedPurchases: "error",
  purchaseIds: "own",
  claimsPadding: "absent",
  federatedFind: "user",
  linkCodeTtlMs: 300_000,
};

const positive = z.int("a whole number of at least 1").min(1, "a whole number of at least 1");

export const switchesSchema: z.ZodType = z
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
    refusedPurchases: z.enum(["error", "flag"]),
    purchaseIds: z.enum(["own", "zero"]),
    claimsPadding: z.enum(["absent", "present"]),
    federatedFind: z.enum(["user", "data"]),
    linkCodeTtlMs: positive,
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
  /** Back to the defaults of the emulator's strictness, with these changes. */
  reset(changes: Partial<Switches>): void;
}

export function createSwitchBoard(profile: Partial<Switches> = {}): SwitchBoard {
  const start = { ...defaultSwitches, ...profile };
  let current: Switches = Object.freeze(start);
  return {
    get: () => current,
    set(changes) {
      current = Object.freeze({ ...current, ...parseSwitches(changes, "switches") });
      return current;
    },
    reset(changes) {
      current = Object.freeze({ ...start, ...changes });
    },
  };
}
