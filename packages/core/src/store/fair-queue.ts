import { DueQueue } from "./due-queue.ts";
import type { Entry } from "./due-queue.ts";

/** How lanes are shared out between players: in rounds, in each of which a player may have `share` lanes more. */
export interface Sharing {
  readonly share: number;
  /** Lanes that players have out already, by `ownerOf` a lane's id. */
  readonly out: ReadonlyMap<string, number>;
}

interface SharedOut {
  readonly ids: readonly string[];
  /** How many of them are within their owners' first share. */
  readonly inFirstRound: number;
}

/** Whose a lane is, by its id: the app and the user. */
export function ownerOf(laneId: string): string {
  return laneId.slice(0, laneId.indexOf("\n", laneId.indexOf("\n") + 1));
}

/**
 * Lanes by due time, fair between their owners: whoever has had less than a share goes before whoever has had more,
 * however long the others are due. A queue of owners, by the lane each would give next, over a queue of each one's lanes.
 */
export class FairQueue {
  readonly #owners = new DueQueue();
  readonly #lanes = new Map<string, DueQueue>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Sets when a lane is due; undefined takes it out. */
  set(id: string, due: number | undefined, age: number): void {
    const owner = ownerOf(id);
    const lanes = this.#lanes.get(owner) ?? new DueQueue();
    const before = lanes.size;
    lanes.set(id, due, age);
    this.#size += lanes.size - before;
    if (lanes.size > 0) this.#lanes.set(owner, lanes);
    else this.#lanes.delete(owner);
    this.#place(owner, lanes);
  }

  first(): Entry | undefined {
    const owner = this.#owners.first();
    return owner && this.#lanes.get(owner.id)?.first();
  }

  /**
   * Ids due at `now`, as many as `limit`; they stay in. The longest due first within a round; without `sharing`, all are
   * of one round.
   */
  dueAt(now: number, limit: number, { share, out }: Sharing = EVERYBODY): SharedOut {
    const taken: Entry[] = [];
    const had = new Map<string, number>();
    let resting: string[] = [];
    let allowance = share;
    let inFirstRound: number | undefined;
    while (taken.length < limit) {
      const next = this.#owners.first();
      if (next === undefined || next.due > now) {
        inFirstRound ??= taken.length;
        if (resting.length === 0) break;
        allowance += share;
        for (const owner of resting) this.#place(owner);
        resting = [];
        continue;
      }
      const owner = next.id;
      const has = had.get(owner) ?? out.get(owner) ?? 0;
      const lanes = this.#lanes.get(owner);
      const lane = has < allowance ? lanes?.first() : undefined;
      if (lane === undefined) {
        resting.push(owner);
        this.#owners.set(owner, undefined, 0);
        continue;
      }
      taken.push(lane);
      had.set(owner, has + 1);
      lanes?.set(lane.id, undefined, 0);
      this.#place(owner);
    }
    for (const { id, due, age } of taken) this.#lanes.get(ownerOf(id))?.set(id, due, age);
    for (const owner of [...resting, ...had.keys()]) this.#place(owner);
    return { ids: taken.map(({ id }) => id), inFirstRound: inFirstRound ?? taken.length };
  }

  clear(): void {
    this.#owners.clear();
    this.#lanes.clear();
    this.#size = 0;
  }

  #place(owner: string, lanes: DueQueue | undefined = this.#lanes.get(owner)): void {
    const first = lanes?.first();
    this.#owners.set(owner, first?.due, first?.age ?? 0);
  }
}

const EVERYBODY: Sharing = { share: Number.POSITIVE_INFINITY, out: new Map() };
