import { laneId } from "../intent/intent.ts";
import { acceptFirings } from "./accept-firings.ts";
import { purged, withRow } from "./generations.ts";
import { settleRow } from "./lane-end.ts";
import { makeDueRow, requeueInto, takeOverRow, wakeRow } from "./lane-return.ts";
import { leasedLane, leaseRow, snapshotOf, stageRow } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { DeadLetter, LaneFilter, LaneStore, SendRecord, Settlement, Staging, TakenOver } from "./lane-store.ts";
import type { LaneTables } from "./lane-tables.ts";

type Synchronous<Verb> = Verb extends (...args: infer Args) => Promise<infer Result>
  ? (...args: Args) => Result
  : never;

/** The verbs of a lane store, `close` left out, as plain functions over its tables: the same code for every store. */
export type LaneVerbs = { readonly [Verb in Exclude<keyof LaneStore, "close">]: Synchronous<LaneStore[Verb]> };

export function laneVerbs(tables: LaneTables): LaneVerbs {
  let leases = 0;
  let holder = "";

  function open(incarnation: string, now: number, quietMs: number): TakenOver {
    // The opening's number keeps tokens apart even where an incarnation's name comes twice.
    holder = `${incarnation}.${tables.nextOpening()}`;
    let released = 0;
    let inDoubt = 0;
    for (const row of tables.waitingLanes(now)) {
      const taken = takeOverRow(row, now, quietMs);
      if (taken === row) continue;
      tables.putLane(taken);
      if (taken.phase.state === "in-doubt") inDoubt += 1;
      else released += 1;
    }
    return { released, inDoubt };
  }

  function stage(stagings: readonly Staging[]): readonly boolean[] {
    return stagings.map((staging) => putIf(stageRow(tables.lane(staging.lane), staging)));
  }

  function settle(settlements: readonly Settlement[]): readonly boolean[] {
    return settlements.map((settlement) => {
      const ended = settleRow(tables.lane(settlement.lane), settlement);
      if (ended?.record) putRecord(settlement.lane, ended.record);
      if (ended?.dead) tables.addDeadLetter(ended.dead);
      return putIf(ended?.row);
    });
  }

  function putIf(row: LaneRow | undefined): boolean {
    if (row !== undefined) tables.putLane(row);
    return row !== undefined;
  }

  function putRecord(lane: string, record: SendRecord): void {
    tables.putSendRecord(lane, record);
    tables.putGenerations(withRow(tables.generations(), record.at));
  }

  /** Puts the lanes a step changes; answers how many. */
  function step(rows: readonly LaneRow[], change: (row: LaneRow) => LaneRow): number {
    const changed = rows.map((row) => ({ row, next: change(row) })).filter(({ row, next }) => next !== row);
    for (const { next } of changed) tables.putLane(next);
    return changed.length;
  }

  function requeue(deadLetterId: number, now: number): boolean {
    const letter = tables.deadLetter(deadLetterId);
    if (letter === undefined) return false;
    tables.removeDeadLetter(deadLetterId);
    const row = tables.lane(laneId(letter.key));
    const next = row && requeueInto(row, letter, now);
    if (next === undefined) markDiscarded(letter);
    return putIf(next);
  }

  function discard(deadLetterId: number): boolean {
    const letter = tables.deadLetter(deadLetterId);
    if (letter === undefined) return false;
    tables.removeDeadLetter(deadLetterId);
    markDiscarded(letter);
    return true;
  }

  /** Says in the send's record what became of its value; records past the retention stay away. */
  function markDiscarded(letter: DeadLetter): void {
    const lane = laneId(letter.key);
    const record = tables.sendRecord(lane, letter.toSeq);
    if (record) putRecord(lane, { ...record, how: "discarded", reason: "discarded" });
  }

  function purge(before: number): void {
    const { emptied, generations } = purged(tables.generations(), before);
    for (const which of emptied) tables.emptyGeneration(which);
    tables.putGenerations(generations);
  }

  return {
    open,
    accept: (firings) => acceptFirings(tables, firings),
    lease: (limit, now) =>
      tables.dueLanes(limit, now).map((row) => {
        const leased = leaseRow(row, `${holder}.${++leases}`);
        tables.putLane(leased);
        return leasedLane(leased);
      }),
    stage,
    settle,
    wake: (app, user, now) => step(tables.lanes({ app, user }), (row) => wakeRow(row, now)),
    makeDue: (now) => void step(tables.waitingLanes(now), (row) => makeDueRow(row, now)),
    nextDue: () => tables.nextDue(),
    owed: () => {
      const count = tables.countByState();
      const claimed = (count.get("leased") ?? 0) + (count.get("staged") ?? 0);
      return {
        pending: count.get("pending") ?? 0,
        inFlight: claimed,
        inDoubt: count.get("in-doubt") ?? 0,
        parked: count.get("parked") ?? 0,
        dead: tables.countDeadLetters(),
      };
    },
    inspect: (filter: LaneFilter = {}) => tables.lanes(filter).map(snapshotOf),
    ended: (lane, seq) => tables.sendRecord(lane, seq),
    deadLetters: () => tables.deadLetters(),
    requeue,
    discard,
    purge,
  };
}
