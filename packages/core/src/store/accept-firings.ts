import { laneId } from "../intent/intent.ts";
import { checkFiring } from "./check-firing.ts";
import { withRow } from "./generations.ts";
import { acceptInto } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { Acceptance, Firing } from "./lane-store.ts";
import type { LaneTables } from "./lane-tables.ts";
import { firingName, matchName, occurrenceName } from "./once-names.ts";

/** Merges firings into their lanes: each lane is written once, and nothing is unless every firing could be taken. */
export function acceptFirings(tables: LaneTables, firings: readonly Firing[]): readonly Acceptance[] {
  for (const firing of firings) checkFiring(firing);
  const touched = new Map<string, LaneRow>();
  const keys = new OnceKeys(tables);
  let newest = 0;
  const acceptances = firings.map((firing): Acceptance => {
    const repeated = keys.digestOf(firing);
    if (repeated !== undefined) return { status: "duplicate", digestDiffers: differs(repeated, firing.digest) };
    const id = laneId(firing.key);
    const row = touched.get(id) ?? tables.lane(id);
    const merged = row?.pending !== undefined;
    const next = acceptInto(row, firing);
    touched.set(id, next);
    keys.remember(firing);
    if (firing.once !== undefined) newest = Math.max(newest, firing.at);
    return { status: "accepted", seq: next.seq, merged };
  });
  for (const row of touched.values()) tables.putLane(row);
  keys.write();
  if (newest > 0) tables.putGenerations(withRow(tables.generations(), newest));
  return acceptances;
}

/** A payload that one of the two reports did not describe cannot be said to differ. */
function differs(stored: string, digest: string | undefined): boolean {
  return stored !== "" && digest !== undefined && digest !== "" && stored !== digest;
}

/** The once keys of one batch, over those the tables hold. */
class OnceKeys {
  readonly #tables: LaneTables;
  readonly #matches = new Map<string, Map<string, string>>();
  readonly #occurrences = new Map<string, string>();

  constructor(tables: LaneTables) {
    this.#tables = tables;
  }

  /** The digest the key was first stored with, or undefined if this firing is the first, or has no key. */
  digestOf({ key, once }: Firing): string | undefined {
    if (once === undefined) return undefined;
    if (once.occurrence !== "") {
      const occurrence = occurrenceName(key, once);
      return this.#occurrences.get(occurrence) ?? this.#tables.occurrence(occurrence);
    }
    const match = matchName(key, once);
    const firing = firingName(once);
    return this.#matches.get(match)?.get(firing) ?? this.#tables.firing(match, firing);
  }

  remember({ key, once, digest = "" }: Firing): void {
    if (once === undefined) return;
    if (once.occurrence !== "") {
      this.#occurrences.set(occurrenceName(key, once), digest);
      return;
    }
    const match = matchName(key, once);
    const firings = this.#matches.get(match) ?? new Map<string, string>();
    firings.set(firingName(once), digest);
    this.#matches.set(match, firings);
  }

  write(): void {
    for (const [match, firings] of this.#matches) this.#tables.putFirings(match, firings);
    for (const [occurrence, digest] of this.#occurrences) this.#tables.putOccurrence(occurrence, digest);
  }
}
