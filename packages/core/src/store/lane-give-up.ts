import { accumulates } from "../intent/lane-value.ts";
import { givenUp } from "./lane-end.ts";
import type { EndedAt, EndedLease } from "./lane-end.ts";
import { inEpoch, inTheAirAfter } from "./lane-leftovers.ts";
import type { LaneRow } from "./lane-row.ts";

/** Values that are given up without a settlement: what kills its processes, and what nobody can send any more. */

/** What decides whether a value is taken for poison. */
export interface PoisonRule {
  readonly after: number;
  /** What was sent of it can take effect until then. */
  readonly quietUntil: number;
}

/**
 * The lane without the value in flight, where its staged attempts died with their process once too often; else undefined.
 * A count is never given up here: what became of it is found out first.
 */
export function poisonedRow(row: LaneRow, rule: PoisonRule, at: EndedAt): Required<EndedLease> | undefined {
  const { phase } = row;
  const lost = row.lostLeases + 1;
  if (phase.state !== "staged" || accumulates(phase.inFlight.value) || lost < rule.after) return undefined;
  const detail = `The process ended ${lost} times in a row while this was being sent.`;
  const death = { reason: "poison", detail, maybeApplied: true, attempts: row.attempts + lost } as const;
  const aloft = { ...row, inTheAir: inTheAirAfter(row, phase.inFlight, rule.quietUntil, at.now) };
  const ended = givenUp(aloft, phase.inFlight, death, at);
  // A request may be on its way, so nobody can say what the platform has.
  return { ...ended, row: inEpoch({ ...ended.row, progress: undefined }) };
}

/** A parked lane without its value, where the oldest of it came before `before`; else undefined. */
export function expiredRow(row: LaneRow, before: number, at: EndedAt): Required<EndedLease> | undefined {
  if (row.phase.state !== "parked" || row.pending === undefined || row.pending.oldestAt >= before) return undefined;
  const detail = "No user token came before it was too old.";
  const death = { reason: "user-token", detail, maybeApplied: row.sentWhileLocked, attempts: row.attempts } as const;
  const ended = givenUp(row, { ...row.pending, toSeq: row.seq }, death, at);
  // All that was pending went.
  return { ...ended, row: { ...ended.row, pending: undefined } };
}
