import { givenUp, inEpoch } from "./lane-end.ts";
import type { EndedLease } from "./lane-end.ts";
import { isForced } from "./lane-return.ts";
import { leaseTokenOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { Opening } from "./lane-store.ts";

/** Values that are given up without a settlement: what kills its processes, and what nobody can send any more. */

/** The lane without the value in flight, where its lease died with its process once too often; else undefined. */
export function poisonedRow(row: LaneRow, { now, quietMs, poisonAfter }: Opening): Required<EndedLease> | undefined {
  const { phase } = row;
  const lost = row.lostLeases + 1;
  if (leaseTokenOf(row) === undefined || !("inFlight" in phase) || lost < poisonAfter) return undefined;
  const maybeApplied = phase.state !== "leased";
  const detail = `The process ended ${lost} times in a row while this was being sent.`;
  const death = { reason: "poison", detail, maybeApplied, attempts: row.attempts + lost } as const;
  const ended = givenUp(row, phase.inFlight, death, now);
  // Where a request may be on its way, nobody can say what the platform has.
  const baseline = maybeApplied ? undefined : row.progress;
  const notBefore = maybeApplied && isForced(phase.inFlight.value) ? now + quietMs : 0;
  return { ...ended, row: inEpoch({ ...ended.row, progress: baseline, notBefore }) };
}

/** A parked lane without its value, where the oldest of it is older than `before`; else undefined. */
export function expiredRow(row: LaneRow, before: number, now: number): Required<EndedLease> | undefined {
  if (row.phase.state !== "parked" || row.pending === undefined || row.pending.oldestAt >= before) return undefined;
  const detail = "No user token came before it was too old.";
  const death = { reason: "user-token", detail, maybeApplied: row.sentWhileLocked, attempts: row.attempts } as const;
  const ended = givenUp(row, { ...row.pending, toSeq: row.seq }, death, now);
  // All that was pending went.
  return { ...ended, row: { ...ended.row, pending: undefined } };
}
