import { laneId } from "../intent/intent.ts";
import { acceptReports } from "./accept-firings.ts";
import { acknowledgeRow, openAnnouncements } from "./lane-announcements.ts";
import { purged, withRow } from "./generations.ts";
import { settleRow } from "./lane-end.ts";
import type { EndedLease } from "./lane-end.ts";
import { expiredRow, poisonedRow } from "./lane-give-up.ts";
import { forgetRow, makeDueRow, requeueInto, takeOverRow, wakeRow } from "./lane-return.ts";
import { leasedLane, leaseRow, snapshotOf, stageRow, stateOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { Announcement, DeadLetter, ExpiredLane, LaneFilter, SendRecord, TakenOver } from "./lane-records.ts";
import type { LaneStore, Opening, Settlement, Staging, StoreVerb } from "./lane-store.ts";
import type { LaneTables } from "./lane-tables.ts";
import { ownerName } from "./once-names.ts";
import { rememberedFirings } from "./remembered-firings.ts";

type Synchronous<Verb> = Verb extends (...args: infer Args) => Promise<infer Result>
  ? (...args: Args) => Result
  : never;

/** The verbs of a lane store, those about its file left out, as plain functions over its tables: the same code for every store. */
export type LaneVerbs = { readonly [Verb in Exclude<StoreVerb, "backup" | "close">]: Synchronous<LaneStore[Verb]> };

export interface StoreLimits {
  readonly maxLanes: number;
}

/** Firings accepted in one opening stay below this, so that numbers of a later opening are higher. */
const FIRINGS_PER_OPENING = 2 ** 32;

export function laneVerbs(tables: LaneTables, { maxLanes }: StoreLimits): LaneVerbs {
  let leases = 0;
  let holder = "";
  let order = 0;
  const accepting = { maxLanes, nextOrder: () => ++order };

  function open(opening: Opening): TakenOver {
    const number = tables.nextOpening();
    // The opening's number keeps tokens apart even where an incarnation's name comes twice.
    holder = `${opening.incarnation}.${number}`;
    order = number * FIRINGS_PER_OPENING;
    const taken = { released: 0, inDoubt: 0, poisoned: 0 };
    for (const row of tables.waitingLanes(opening.now)) {
      const poisoned = poisonedRow(row, opening);
      const next = poisoned?.row ?? takeOverRow(row, opening.now, opening.quietMs);
      if (next === row) continue;
      if (poisoned) taken.poisoned += 1;
      else if (next.phase.state === "in-doubt") taken.inDoubt += 1;
      else taken.released += 1;
      putEnded(poisoned ?? { row: next });
    }
    return taken;
  }

  function stage(stagings: readonly Staging[]): readonly boolean[] {
    return stagings.map((staging) => {
      const staged = stageRow(tables.lane(staging.lane), staging);
      if (staged) tables.putLane(staged);
      return staged !== undefined;
    });
  }

  function settle(settlements: readonly Settlement[]): readonly boolean[] {
    return settlements.map((settlement) => putEnded(settleRow(tables.lane(settlement.lane), settlement)));
  }

  function putEnded(ended: EndedLease | undefined): boolean {
    if (ended === undefined) return false;
    if (ended.record) putRecord(ended.row.id, ended.record);
    if (ended.dead) tables.addDeadLetter(ended.dead);
    tables.putLane(ended.row);
    return true;
  }

  function putRecord(lane: string, record: SendRecord): void {
    tables.putSendRecord(lane, record);
    tables.putGenerations(withRow(tables.generations(), record.at));
  }

  /** Puts the lanes a step changes; answers them as they were. */
  function step(rows: readonly LaneRow[], change: (row: LaneRow) => LaneRow): readonly LaneRow[] {
    return rows.filter((row) => {
      const next = change(row);
      if (next !== row) tables.putLane(next);
      return next !== row;
    });
  }

  function expireParked(before: number, now: number): readonly ExpiredLane[] {
    return tables.parkedLanes().flatMap((row) => {
      const expired = expiredRow(row, before, now);
      if (expired === undefined) return [];
      putEnded(expired);
      return [{ lane: row.id, key: row.key, record: expired.record }];
    });
  }

  function announcements(app: string, user: string): readonly Announcement[] {
    return tables
      .lanes({ app, user })
      .flatMap(openAnnouncements)
      .toSorted((one, other) => one.at - other.at);
  }

  function acknowledge(app: string, user: string, ids: readonly string[]): number {
    const ended = new Set(ids);
    const standing = announcements(app, user).filter(({ id }) => ended.has(id)).length;
    step(tables.lanes({ app, user }), (row) => acknowledgeRow(row, ended));
    return standing;
  }

  function requeue(deadLetterId: number, now: number): boolean {
    const letter = tables.deadLetter(deadLetterId);
    if (letter === undefined) return false;
    tables.removeDeadLetter(deadLetterId);
    const row = tables.lane(laneId(letter.key));
    const next = row && requeueInto(row, letter, now);
    if (next === undefined) markDiscarded(letter);
    else tables.putLane(next);
    return next !== undefined;
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
    tables.removeTokensBefore(before);
  }

  return {
    open,
    accept: (reports) => acceptReports(tables, reports, accepting),
    lease: (limit, now) =>
      tables.dueLanes(limit, now).map((row) => {
        const leased = leaseRow(row, `${holder}.${++leases}`);
        tables.putLane(leased);
        return leasedLane(leased);
      }),
    stage,
    settle,
    wake: (app, user, now) => step(tables.lanes({ app, user }), (row) => wakeRow(row, now)).length,
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
    expireParked,
    forgetProgress: (app, user) =>
      step(tables.lanes({ app, user }), forgetRow).filter(({ phase }) => !("journal" in phase)).length,
    announcements,
    acknowledge,
    keepToken: (app, user, sealed, now) => tables.putToken(ownerName(app, user), sealed, now),
    sealedToken: (app, user) => tables.token(ownerName(app, user)),
    dropToken: (app, user) => tables.removeToken(ownerName(app, user)),
    remembered: (filter) => rememberedFirings(tables, filter),
    inspect: ({ waiting, ...owner }: LaneFilter = {}) => {
      const rows = tables.lanes(owner);
      return (waiting === true ? rows.filter((row) => stateOf(row) !== "idle") : rows).map(snapshotOf);
    },
    ended: (lane, seq) => tables.sendRecord(lane, seq),
    deadLetters: () => tables.deadLetters(),
    requeue,
    discard,
    purge,
  };
}
