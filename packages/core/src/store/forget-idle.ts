import { idleSince } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { LaneTables } from "./lane-tables.ts";

/** Lanes looked at in one transaction, whose time everybody waits: tens of milliseconds. */
const LANES_AT_ONCE = 250;

/**
 * Forgets lanes that nobody would miss and that were idle since `until` or longer; answers how many it looked at. By then
 * every once key and send record that knew them is gone, too. Their identity goes: what the highest seq and epoch among
 * them was is kept in one number, above which new lanes begin, so that no id is ever told twice.
 */
export function forgetIdle(tables: LaneTables, until: number): number {
  const rows = until > 0 ? tables.idleLanes(LANES_AT_ONCE, until) : [];
  const forgotten = rows.filter((row) => forget(tables, row, until));
  const from = forgotten.reduce((most, { seq, epoch }) => Math.max(most, seq, epoch + 1), tables.lanesFrom());
  if (forgotten.length > 0) tables.putLanesFrom(from);
  return rows.length;
}

function forget(tables: LaneTables, row: LaneRow, until: number): boolean {
  const since = idleSince(row);
  // Found by mistake: writing it puts right how it is found.
  if (since === undefined || since > until) tables.putLane(row);
  else if (tables.hasDeadLetter(row.id)) tables.postponeIdle(row.id, laterThan(tables, until));
  else {
    tables.removeLane(row.id);
    return true;
  }
  return false;
}

/** Looked at again with the generation that is young now. */
function laterThan(tables: LaneTables, until: number): number {
  return Math.max(until + 1, ...tables.generations().newest);
}
