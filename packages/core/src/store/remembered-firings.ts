import type { OnceKey } from "../intent/once-key.ts";
import type { FiringFilter, RememberedFiring } from "./lane-records.ts";
import type { LaneTables, OnceEntry } from "./lane-tables.ts";
import { matchName, onceOfMatch, onceOfOccurrence, ownerName } from "./once-names.ts";

/** A user's firings that still have their once key, in the order of acceptance. */
export function rememberedFirings(tables: LaneTables, { app, user, match }: FiringFilter): readonly RememberedFiring[] {
  const owner = ownerName(app, user);
  const name = match === undefined ? undefined : matchName(match);
  const found: { readonly once: OnceKey; readonly entry: OnceEntry }[] = [];
  for (const [ofMatch, firing, entry] of tables.firings(owner, name)) {
    found.push({ once: onceOfMatch(ofMatch, firing), entry });
  }
  for (const [occurrence, entry] of tables.occurrences(owner, name)) {
    found.push({ once: onceOfOccurrence(occurrence), entry });
  }
  return (
    found
      // A key from a file of the first schema version does not know its lane.
      .filter(({ entry }) => entry.target !== "")
      .sort((one, other) => one.entry.order - other.entry.order)
      .map(({ once, entry: { target, seq, at } }) => ({ once, lane: `${app}\n${user}\n${target}`, seq, at }))
  );
}
