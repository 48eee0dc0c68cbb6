import { leaseTokenOf } from "./lane-row.ts";
import type { Firing } from "./lane-store.ts";
import type { LaneTables } from "./lane-tables.ts";
import type { LaneVerbs } from "./lane-verbs.ts";

/** Deliberate defects of a store, so that a test of a guarantee can be seen to fail. */
export interface StoreSabotage {
  /** Journals are committed without an fsync. SQLite files only. */
  readonly unsyncedStage?: boolean | undefined;
  /** Whoever stages or settles a leased lane may, whatever token it brings. */
  readonly ignoreLeaseTokens?: boolean | undefined;
  /** All occurrences of an event in a match share one once key. */
  readonly onceKeyWithoutOccurrence?: boolean | undefined;
}

/** Verbs that break their word as told. */
export function sabotagedVerbs(verbs: LaneVerbs, tables: LaneTables, sabotage: StoreSabotage): LaneVerbs {
  const believed = <End extends { readonly lane: string; readonly leaseToken: string }>(end: End): End => {
    const row = tables.lane(end.lane);
    return { ...end, leaseToken: (row && leaseTokenOf(row)) ?? end.leaseToken };
  };
  return {
    ...verbs,
    ...(sabotage.ignoreLeaseTokens === true && {
      stage: (stagings) => verbs.stage(stagings.map(believed)),
      settle: (settlements) => verbs.settle(settlements.map(believed)),
    }),
    ...(sabotage.onceKeyWithoutOccurrence === true && {
      accept: (reports) => verbs.accept(reports.map((report) => report.map(withoutOccurrence))),
    }),
  };
}

function withoutOccurrence(firing: Firing): Firing {
  return firing.once === undefined ? firing : { ...firing, once: { ...firing.once, occurrence: "" } };
}
