import type { DatabaseSync, StatementSync } from "node:sqlite";
import { FairQueue } from "./fair-queue.ts";
import type { Sharing } from "./fair-queue.ts";
import { NEVER } from "./sqlite-schema.ts";

/** How many due lanes a lease reads ahead at most, in rows growing each time, to find others behind one player's many. */
const READ_AHEAD = 16_384;
const FIRST_READ = 64;
/** So many read ahead and not leased are enough: who is behind more of one player's lanes waits until there are fewer. */
const MOST_READY = 100_000;

const NOTHING_READ: readonly [number, number] = [Number.NEGATIVE_INFINITY, 0];

const isAfter = ([due, lane]: readonly [number, number], [thanDue, thanLane]: readonly [number, number]): boolean =>
  due > thanDue || (due === thanDue && lane > thanLane);

/** As a floating-point number, since a damaged due time may be an integer that JavaScript has none for. */
export const DUE_LANES: string =
  "SELECT lane, id, CAST(due AS REAL) AS due_at FROM lanes WHERE (due, lane) > (?, ?) AND due <= ? ORDER BY due, lane LIMIT ?";

/** The beginning of a file's index by due time, in memory, as far as leases have needed it: what they share out from. */
export class SqliteDueLanes {
  readonly #next: StatementSync;
  readonly #ready = new FairQueue();
  /** The last entry of the index that was read. */
  #readTo: readonly [due: number, lane: number] = NOTHING_READ;

  constructor(database: DatabaseSync) {
    this.#next = database.prepare(DUE_LANES);
  }

  /** Ids of lanes due by the index, fair between players, read ahead as far as it takes. */
  ids(limit: number, now: number, sharing: Sharing | undefined): readonly string[] {
    let shared = this.#ready.dueAt(now, limit, sharing);
    for (let read = 0, rows = Math.max(limit, FIRST_READ); shared.inFirstRound < limit; rows *= 4) {
      const most = Math.min(rows, READ_AHEAD - read, MOST_READY - this.#ready.size);
      const found = this.#readAhead(now, most);
      if (found > 0) shared = this.#ready.dueAt(now, limit, sharing);
      if (found < most || most <= 0) break;
      read += found;
    }
    return shared.ids;
  }

  /** A lane was written with this due time. */
  written(id: string, due: number | null, number: number): void {
    const isReady = due !== null && due !== NEVER && !isAfter([due, number], this.#readTo);
    this.#ready.set(id, isReady ? due : undefined, number);
  }

  remove(id: string): void {
    this.#ready.set(id, undefined, 0);
  }

  /** After a rollback. */
  forget(): void {
    this.#ready.clear();
    this.#readTo = NOTHING_READ;
  }

  /** Takes up to `most` lanes due at `now` that come next in the index; answers how many there were. */
  #readAhead(now: number, most: number): number {
    if (most <= 0) return 0;
    const [due, lane] = this.#readTo;
    const found = this.#next.all(due, lane, now, most);
    for (const next of found) {
      this.#readTo = [Number(next["due_at"]), Number(next["lane"])];
      this.#ready.set(String(next["id"]), ...this.#readTo);
    }
    return found.length;
  }
}
