import type { LaneSnapshot } from "./lane-records.ts";
import type { Journal, LaneEnd, LeasedLane, Settlement, Staging } from "./lane-store.ts";

/**
 * The time a store has lived: it stands still while no process has the store open, and goes on as the clock of whoever
 * opened it goes. Everything that decides when a lane may go, how old a value is and what may be forgotten is kept in it,
 * so that a machine whose wall clock leaps between two processes makes nothing due early, late or too old. Times that are
 * only shown to people stay wall time.
 */
export class StoreTime {
  #ahead = 0;
  #latest = Number.NEGATIVE_INFINITY;

  /** An opening at `now` by its own clock goes on where the store was: at `latest`, or at `now` where it is new. */
  begin(now: number, latest: number | undefined): void {
    this.#ahead = (latest ?? now) - now;
    this.#latest = latest ?? now;
  }

  /** A moment of the opener's clock as it is kept. */
  kept(at: number): number {
    return at + this.#ahead;
  }

  /** A kept moment by the opener's clock. */
  shown(at: number): number {
    return at - this.#ahead;
  }

  /** A moment of the opener's clock that has come, as it is kept; the store has lived at least until then. */
  come(now: number): number {
    const at = this.kept(now);
    this.#latest = Math.max(this.#latest, at);
    return at;
  }

  /** How long the store has lived, as far as it was told. */
  get latest(): number {
    return this.#latest;
  }
}

/** A settlement as it is kept, beside the wall time of its end. */
export type KeptSettlement = Settlement & { readonly shownAt: number };

export function keptSettlement(settlement: Settlement, time: StoreTime): KeptSettlement {
  const { now, end } = settlement;
  return { ...settlement, now: time.come(now), shownAt: now, end: keptEnd(end, time) };
}

function keptEnd(end: LaneEnd, time: StoreTime): LaneEnd {
  switch (end.type) {
    case "settled":
      return { ...end, ...keptProgress(end, time) };
    case "released":
      return { ...end, notBefore: time.kept(end.notBefore), ...keptProgress(end, time), ...keptAir(end, time) };
    case "in-doubt":
      return { ...end, dueAt: time.kept(end.dueAt), journal: movedJournal(end.journal, (at) => time.kept(at)) };
    case "abandoned":
      return { ...end, notBefore: time.kept(end.notBefore), quietUntil: time.kept(end.quietUntil) };
    case "dead":
      return { ...end, ...keptProgress(end, time), ...keptAir(end, time) };
    case "parked":
      return end;
  }
}

type WithProgress = Pick<Staging, "progress">;

function keptProgress({ progress }: WithProgress, time: StoreTime): WithProgress {
  return progress === undefined ? {} : { progress: { ...progress, at: time.kept(progress.at) } };
}

function keptAir<End extends { readonly inTheAirUntil?: number }>({ inTheAirUntil }: End, time: StoreTime) {
  return inTheAirUntil === undefined ? {} : { inTheAirUntil: time.kept(inTheAirUntil) };
}

export function keptStaging(staging: Staging, time: StoreTime): Staging {
  return { ...staging, ...keptProgress(staging, time) };
}

function movedJournal(journal: Journal, moved: (at: number) => number): Journal {
  return journal.inDoubtSince === undefined ? journal : { ...journal, inDoubtSince: moved(journal.inDoubtSince) };
}

/** A lease as its holder's clock has it. */
export function shownLease(lane: LeasedLane, time: StoreTime): LeasedLane {
  const { oldestAt, settledAt, progress, journal, inTheAirUntil } = lane;
  return {
    ...lane,
    oldestAt: time.shown(oldestAt),
    ...(settledAt !== undefined && { settledAt: time.shown(settledAt) }),
    ...(inTheAirUntil !== undefined && { inTheAirUntil: time.shown(inTheAirUntil) }),
    ...(progress && { progress: { ...progress, at: time.shown(progress.at) } }),
    ...(journal && { journal: movedJournal(journal, (at) => time.shown(at)) }),
  };
}

export function shownSnapshot(lane: LaneSnapshot, time: StoreTime): LaneSnapshot {
  const { dueAt, progress } = lane;
  return {
    ...lane,
    ...(dueAt !== undefined && { dueAt: time.shown(dueAt) }),
    ...(progress && { progress: { ...progress, at: time.shown(progress.at) } }),
  };
}
