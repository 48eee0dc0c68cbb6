import type { ForgottenUser } from "./lane-records.ts";
import { leaseTokenOf, stateOf } from "./lane-row.ts";
import type { LaneTables } from "./lane-tables.ts";
import { ownerName } from "./once-names.ts";

/**
 * Removes every row that names a user. Nothing is removed while something is owed, unless `owedToo`; never while something
 * is being sent. What new lanes begin with stays above what these had, as where idle lanes are forgotten.
 */
export function forgetUser(tables: LaneTables, app: string, user: string, owedToo: boolean): ForgottenUser {
  const lanes = tables.lanes({ app, user });
  const letters = tables.deadLetters().filter(({ key }) => key.app === app && key.user === user);
  const owed = lanes.filter((row) => stateOf(row) !== "idle").length + letters.length;
  const inFlight = lanes.filter((row) => leaseTokenOf(row) !== undefined).length;
  if (inFlight > 0 || (owed > 0 && !owedToo)) return { forgotten: false, owed, inFlight };
  const from = lanes.reduce((most, { seq, epoch }) => Math.max(most, seq, epoch + 1), tables.lanesFrom());
  for (const { id } of letters) tables.removeDeadLetter(id);
  for (const { id } of lanes) tables.removeLane(id);
  if (lanes.length > 0) tables.putLanesFrom(from);
  const owner = ownerName(app, user);
  tables.removeFirings(owner);
  tables.removeToken(owner);
  for (const row of tables.setAside()) if (row.app === app && row.user === user) tables.dropSetAside(row.id);
  return { forgotten: true, owed, inFlight: 0 };
}
