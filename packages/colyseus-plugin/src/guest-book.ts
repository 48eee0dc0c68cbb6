/** Reports kept for one guest; the oldest goes first. */
export const MOST_KEPT_REPORTS = 100;

/** A report as the room made it, bound to the match it belongs to; calling it makes it for that user. */
export type KeptReport = (userId: string) => void;

/** What became of guests' reports. */
export interface GuestCounts {
  readonly kept: number;
  readonly claimed: number;
  /** Kept by guests who left without a proof, or too many for one guest. */
  readonly dropped: number;
}

/** What guests of one room did, by seat, until they prove who they are or leave. */
export class GuestBook {
  readonly #reports = new Map<object, KeptReport[]>();
  #kept = 0;
  #claimed = 0;
  #dropped = 0;

  get counts(): GuestCounts {
    return { kept: this.#kept, claimed: this.#claimed, dropped: this.#dropped };
  }

  keep(seat: object, report: KeptReport): void {
    const reports = this.#reports.get(seat) ?? [];
    this.#reports.set(seat, reports);
    reports.push(report);
    this.#kept++;
    if (reports.length <= MOST_KEPT_REPORTS) return;
    reports.shift();
    this.#drop(1);
  }

  /** The guest is this user: reports are made in the order they came. */
  claim(seat: object, userId: string): void {
    const reports = this.#take(seat);
    this.#kept -= reports.length;
    this.#claimed += reports.length;
    for (const report of reports) report(userId);
  }

  /** The session is over. */
  forget(seat: object): void {
    this.#drop(this.#take(seat).length);
  }

  #take(seat: object): KeptReport[] {
    const reports = this.#reports.get(seat) ?? [];
    this.#reports.delete(seat);
    return reports;
  }

  #drop(count: number): void {
    this.#kept -= count;
    this.#dropped += count;
  }
}
