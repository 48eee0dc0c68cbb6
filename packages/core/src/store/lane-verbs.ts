import { laneId } from "../intent/intent.ts";
import { acceptReports } from "./accept-firings.ts";
import { acknowledgeRow, openAnnouncements } from "./lane-announcements.ts";
import { forgetIdle } from "./forget-idle.ts";
import { forgetUser } from "./forget-user.ts";
import { purged, withRow } from "./generations.ts";
import { heldBack } from "./lane-anew.ts";
import { settleRow } from "./lane-end.ts";
import type { EndedLease } from "./lane-end.ts";
import { expiredRow, poisonedRow } from "./lane-give-up.ts";
import type { Sharing } from "./fair-queue.ts";
import { forgetRow, handBackRow, makeDueRow, requeueInto, shortenedRow, takeOverRow, wakeRow } from "./lane-return.ts";
import { emptyRow, isSuspect, leasedLane, leaseRow, snapshotOf, stageRow, stateOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { Announcement, DeadLetter, ExpiredLane, LaneFilter, SendRecord, TakenOver } from "./lane-records.ts";
import type { LaneStore, LeasedLane, Opening, Settlement, Staging, StoreVerb } from "./lane-store.ts";
import type { LaneTables } from "./lane-tables.ts";
import { ownerName } from "./once-names.ts";
import { rememberedFirings } from "./remembered-firings.ts";
import { keptSettlement, keptStaging, shownLease, shownSnapshot, StoreTime } from "./store-time.ts";

type Synchronous<Verb> = Verb extends (...args: infer Args) => Promise<infer Result>
  ? (...args: Args) => Result
  : never;

/** The verbs of a lane store, those about its file left out, as plain functions over its tables: the same code for every store. */
export type LaneVerbs = {
  readonly [Verb in Exclude<StoreVerb, "backup" | "stands" | "close">]: Synchronous<LaneStore[Verb]>;
};

export interface StoreLimits {
  readonly maxLanes: number;
}

/** Numbers given in one opening stay below this, so that those of a later opening are higher. */
const NUMBERS_PER_OPENING = 2 ** 32;

export function laneVerbs(tables: LaneTables, { maxLanes }: StoreLimits): LaneVerbs {
  let leases = 0;
  let holder = "";
  let poisonAfter = Number.POSITIVE_INFINITY;
  let takeoverQuietMs = 0;
  /** Lanes taken over, and until when what was in the air before that is. */
  let takenOver = { at: 0, quietUntil: 0, lanes: [] as readonly (readonly [id: string, airUntil: number])[] };
  /** Rises with every firing accepted and every change of a lane, so that no seq or epoch given is above it. */
  let order = 0;
  const nextOrder = (): number => ++order;
  const time = new StoreTime();
  tables.useNumbers(nextOrder);

  /** A moment that has come, as it is kept: written down, so that the store's next process goes on from there. */
  const come = (now: number): number => {
    const at = time.come(now);
    tables.putTime(time.latest);
    return at;
  };
  const accepting = { maxLanes, nextOrder, time, come };

  function open(opening: Opening): TakenOver {
    const number = tables.nextOpening();
    // The opening's number keeps tokens apart even where an incarnation's name comes twice.
    holder = `${opening.incarnation}.${number}`;
    order = number * NUMBERS_PER_OPENING;
    poisonAfter = opening.poisonAfter;
    takeoverQuietMs = opening.quietMs;
    time.begin(opening.now, tables.time());
    const now = come(opening.now);
    const quietUntil = now + opening.quietMs;
    const taken = { released: 0, inDoubt: 0, poisoned: 0, ended: [] as ExpiredLane[] };
    const held = tables.heldLanes();
    const kernel = tables.kernel();
    takenOver = { at: now, quietUntil, lanes: held.map(({ id, inTheAir }) => [id, inTheAir?.until ?? 0]) };
    for (const row of held) {
      const rule = { after: opening.poisonAfter, quietUntil };
      const poisoned = poisonedRow(row, rule, { now, shownAt: opening.now });
      const next = poisoned?.row ?? takeOverRow(row, { now, notBefore: 0, quietUntil });
      // Filed as held, and not.
      if (next === row) continue;
      if (poisoned) taken.ended.push({ lane: row.id, key: row.key, record: poisoned.record });
      else if (next.phase.state === "in-doubt") taken.inDoubt += 1;
      else taken.released += 1;
      putEnded(poisoned ?? { row: next });
    }
    tables.putKernel(opening.kernel);
    return { ...taken, poisoned: taken.ended.length, ...(kernel !== undefined && { kernel }) };
  }

  function shortenQuiet(quietMs: number): number {
    const { at, quietUntil, lanes } = takenOver;
    const to = at + quietMs;
    if (to >= quietUntil) return 0;
    return lanes.filter(([id, airUntil]) => {
      const row = tables.lane(id);
      const until = Math.max(to, airUntil);
      return (
        row !== undefined && until < quietUntil && step([row], (one) => shortenedRow(one, quietUntil, until)).length > 0
      );
    }).length;
  }

  /** Due lanes in their order, as far as a suspect among them lets others go. */
  function lease(limit: number, at: number, sharing?: Sharing): readonly LeasedLane[] {
    const now = come(at);
    const others = sharing !== undefined && sharing.out.size > 0;
    const due = tables.dueLanes(limit, now, sharing).filter((row) => {
      if (row.anew === true) put(heldBack(row, now, takeoverQuietMs));
      return row.anew !== true;
    });
    const suspect = due.findIndex((row) => isSuspect(row, poisonAfter));
    const claimed = suspect === -1 ? due : suspect === 0 ? due.slice(0, others ? 0 : 1) : due.slice(0, suspect);
    return claimed.map((row) => {
      const leased = leaseRow(row, `${holder}.${++leases}`);
      put(leased);
      return shownLease(leasedLane(leased, suspect === 0), time);
    });
  }

  function handBack(at: number, quietMs: number): number {
    const now = come(at);
    return step(tables.heldLanes(), (row) => handBackRow(row, { now, notBefore: 0, quietUntil: now + quietMs })).length;
  }

  function put(row: LaneRow): void {
    nextOrder();
    tables.putLane(row);
  }

  function stage(stagings: readonly Staging[]): readonly boolean[] {
    return stagings.map((staging) => {
      const staged = stageRow(tables.lane(staging.lane), keptStaging(staging, time));
      if (staged) put(staged);
      return staged !== undefined;
    });
  }

  function settle(settlements: readonly Settlement[]): readonly boolean[] {
    return settlements.map((settlement) => {
      come(settlement.now);
      return putEnded(settleRow(tables.lane(settlement.lane), keptSettlement(settlement, time)));
    });
  }

  function putEnded(ended: EndedLease | undefined): boolean {
    if (ended === undefined) return false;
    if (ended.record) putRecord(ended.row.id, ended.record);
    if (ended.dead) tables.addDeadLetter(ended.dead);
    put(ended.row);
    return true;
  }

  function putRecord(lane: string, record: SendRecord): void {
    tables.putSendRecord(lane, record);
    tables.putGenerations(withRow(tables.generations(), time.kept(record.at)));
  }

  /** Puts the lanes a step changes; answers them as they were. */
  function step(rows: readonly LaneRow[], change: (row: LaneRow) => LaneRow): readonly LaneRow[] {
    return rows.filter((row) => {
      const next = change(row);
      if (next !== row) put(next);
      return next !== row;
    });
  }

  function expireParked(before: number, at: number): readonly ExpiredLane[] {
    const now = come(at);
    return tables.parkedLanes().flatMap((row) => {
      const expired = expiredRow(row, time.kept(before), { now, shownAt: at });
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

  function requeue(deadLetterId: number, at: number): boolean {
    const letter = tables.deadLetter(deadLetterId);
    if (letter === undefined) return false;
    tables.removeDeadLetter(deadLetterId);
    const row = tables.lane(laneId(letter.key)) ?? emptyRow(letter.key, tables.lanesFrom());
    const next = requeueInto(row, letter, come(at));
    if (next === undefined) {
      markEnded(letter, { how: "discarded", reason: "overtaken" });
      return false;
    }
    markEnded(letter, { how: "requeued", requeuedAs: next.seq });
    put(next);
    return true;
  }

  function discard(deadLetterId: number): boolean {
    const letter = tables.deadLetter(deadLetterId);
    if (letter === undefined) return false;
    tables.removeDeadLetter(deadLetterId);
    markEnded(letter, { how: "discarded", reason: "discarded" });
    return true;
  }

  /** The fate of a dead letter, where its record is still kept. */
  function markEnded({ key, toSeq }: DeadLetter, fate: Pick<SendRecord, "how" | "reason" | "requeuedAs">): void {
    const lane = laneId(key);
    const { reason: _death, ...record } = tables.sendRecord(lane, toSeq) ?? {};
    if ("how" in record) putRecord(lane, { ...record, ...fate });
  }

  function purge(before: number): number {
    const kept = time.kept(before);
    const { emptied, generations } = purged(tables.generations(), kept);
    for (const which of emptied) tables.emptyGeneration(which);
    tables.putGenerations(generations);
    tables.removeTokensBefore(kept);
    return forgetIdle(tables, generations.forgotten ?? 0);
  }

  /** Past the retention a lane still knows that a seq has ended, though not how; of forgotten lanes it is known of all. */
  function forgotten(settledThrough: number = tables.lanesFrom(), seq: number): SendRecord | undefined {
    if (settledThrough < seq) return undefined;
    return { fromSeq: seq, toSeq: seq, how: "forgotten", attempts: 0, at: 0 };
  }

  return {
    open,
    shortenQuiet,
    accept: (reports) => acceptReports(tables, reports, accepting),
    lease,
    stage,
    settle,
    handBack,
    wake(app, user, at) {
      const now = come(at);
      return step(tables.lanes({ app, user }), (row) => wakeRow(row, now)).length;
    },
    makeDue(at) {
      const now = come(at);
      step(tables.waitingLanes(now), (row) => makeDueRow(row, now));
    },
    nextDue() {
      const due = tables.nextDue();
      return due === undefined ? undefined : time.shown(due);
    },
    owed: () => {
      const count = tables.countByState();
      const claimed = (count.get("leased") ?? 0) + (count.get("staged") ?? 0);
      return {
        pending: count.get("pending") ?? 0,
        inFlight: claimed,
        inDoubt: count.get("in-doubt") ?? 0,
        parked: count.get("parked") ?? 0,
        dead: tables.countDeadLetters(),
        setAside: tables.countSetAside(),
      };
    },
    expireParked,
    forgetProgress(app, user, heldUntil) {
      const until = heldUntil === undefined ? 0 : time.kept(heldUntil);
      const forgot = step(tables.lanes({ app, user }), (row) => forgetRow(row, until));
      return forgot.filter(({ phase }) => !("journal" in phase)).length;
    },
    announcements,
    acknowledge,
    keepToken: (app, user, sealed, at) => tables.putToken(ownerName(app, user), sealed, come(at)),
    sealedToken: (app, user) => tables.token(ownerName(app, user)),
    dropToken: (app, user) => tables.removeToken(ownerName(app, user)),
    remembered: (filter) => rememberedFirings(tables, filter),
    inspect: ({ waiting, ...owner }: LaneFilter = {}) => {
      const rows = tables.lanes(owner);
      const wanted = waiting === true ? rows.filter((row) => stateOf(row) !== "idle") : rows;
      return wanted.map((row) => shownSnapshot(snapshotOf(row), time));
    },
    ended: (lane, seq) => tables.sendRecord(lane, seq) ?? forgotten(tables.lane(lane)?.settledThrough, seq),
    deadLetters: () => tables.deadLetters(),
    requeue,
    discard,
    setAside: () => tables.setAside(),
    dropSetAside: (id) => tables.dropSetAside(id),
    forgetUser: (app, user, owedToo) => forgetUser(tables, app, user, owedToo),
    purge,
  };
}
