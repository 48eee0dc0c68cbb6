import type { Switches } from "./switches.ts";

/**
 * A choice for every switch at once. `documented`: where documents and observation differ, the documents. `observed`:
 * the defaults, what was seen and what is likeliest. `hostile`: whatever the documents leave open, in the form that is
 * hardest on clients.
 */
export type Strictness = "documented" | "observed" | "hostile";

export const strictnessProfiles: Readonly<Record<Strictness, Partial<Switches>>> = {
  documented: {
    writePolicy: "strict",
    invalidTokenStatus: 401,
    unknownPathStatus: 404,
    purchaseIds: "zero",
  },
  observed: {},
  hostile: {
    writePolicy: "strict",
    afterUnlock: "freeze",
    progressRows: "zero",
    pageSize: 2,
    maxPageSize: 3,
    longsAsStrings: true,
    nonceTtlMs: 30_000,
    tokenTtlMs: 600_000,
    invalidTokenStatus: 401,
    unknownPathStatus: 404,
    lockedUnlockTime: "zero",
    writeAnswerId: "user",
    refusedPurchases: "flag",
    purchaseIds: "zero",
    claimsPadding: "present",
    federatedFind: "data",
    linkCodeTtlMs: 30_000,
  },
};
