/** What waits, and since when it is due. */
export interface Entry {
  readonly id: string;
  readonly due: number;
  /** Breaks ties: the older lane first. */
  readonly age: number;
}

/** Lanes by due time: a binary heap that knows where each lane sits, so that a lane moves or leaves in log n steps. */
export class DueQueue {
  readonly #heap: Entry[] = [];
  readonly #places = new Map<string, number>();

  get size(): number {
    return this.#heap.length;
  }

  /** Sets when a lane is due; undefined takes it out. */
  set(id: string, due: number | undefined, age: number): void {
    const place = this.#places.get(id);
    if (due === undefined) {
      if (place !== undefined) this.#removeAt(place);
    } else if (place === undefined) {
      this.#heap.push({ id, due, age });
      this.#settle(this.#heap.length - 1);
    } else if (this.#heap[place]?.due !== due || this.#heap[place].age !== age) {
      this.#heap[place] = { id, due, age };
      this.#settle(place);
    }
  }

  first(): Entry | undefined {
    return this.#heap[0];
  }

  clear(): void {
    this.#heap.length = 0;
    this.#places.clear();
  }

  #removeAt(place: number): void {
    const removed = this.#heap[place];
    const last = this.#heap.pop();
    if (removed) this.#places.delete(removed.id);
    if (!last || last === removed) return;
    this.#heap[place] = last;
    this.#settle(place);
  }

  /** Moves the entry at `place` up or down to where it belongs. */
  #settle(place: number): void {
    const entry = this.#heap[place];
    if (!entry) return;
    let at = place;
    for (let above = (at - 1) >> 1; at > 0 && this.#isBefore(entry, above); above = (at - 1) >> 1) {
      this.#place(this.#heap[above], at);
      at = above;
    }
    for (let below = this.#earlierChild(at); this.#isAfter(entry, below); below = this.#earlierChild(at)) {
      this.#place(this.#heap[below], at);
      at = below;
    }
    this.#place(entry, at);
  }

  #place(entry: Entry | undefined, at: number): void {
    if (!entry) return;
    this.#heap[at] = entry;
    this.#places.set(entry.id, at);
  }

  #earlierChild(place: number): number {
    const left = 2 * place + 1;
    const right = left + 1;
    const leftEntry = this.#heap[left];
    return leftEntry && right < this.#heap.length && !this.#isBefore(leftEntry, right) ? right : left;
  }

  #isBefore(entry: Entry, place: number): boolean {
    const other = this.#heap[place];
    return other !== undefined && (entry.due < other.due || (entry.due === other.due && entry.age < other.age));
  }

  #isAfter(entry: Entry, place: number): boolean {
    return this.#heap[place] !== undefined && !this.#isBefore(entry, place);
  }
}
