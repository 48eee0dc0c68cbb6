import { noGenerations } from "./generations.ts";
import type { Generations } from "./generations.ts";
import type { SendRecord } from "./lane-records.ts";
import type { OnceEntry } from "./lane-tables.ts";

interface Generation {
  /** By owner, match and firing. */
  readonly firings: Map<string, Map<string, Map<string, OnceEntry>>>;
  /** By owner and occurrence. */
  readonly occurrences: Map<string, Map<string, OnceEntry>>;
  /** By lane, in the order of their seqs. */
  readonly sends: Map<string, SendRecord[]>;
}

const emptyGeneration = (): Generation => ({ firings: new Map(), occurrences: new Map(), sends: new Map() });

/** Once keys and send records in their two generations. */
export class MemoryRecords {
  readonly #kept: [Generation, Generation] = [emptyGeneration(), emptyGeneration()];
  #generations: Generations = noGenerations;

  firing(owner: string, match: string, firing: string): OnceEntry | undefined {
    return this.#either((kept) => kept.firings.get(owner)?.get(match)?.get(firing));
  }

  putFirings(owner: string, match: string, firings: ReadonlyMap<string, OnceEntry>): void {
    const matches = held(this.#young.firings, owner, () => new Map<string, Map<string, OnceEntry>>());
    const stored = held(matches, match, () => new Map<string, OnceEntry>());
    for (const [firing, entry] of firings) stored.set(firing, entry);
  }

  occurrence(owner: string, occurrence: string): OnceEntry | undefined {
    return this.#either((kept) => kept.occurrences.get(owner)?.get(occurrence));
  }

  putOccurrence(owner: string, occurrence: string, entry: OnceEntry): void {
    held(this.#young.occurrences, owner, () => new Map<string, OnceEntry>()).set(occurrence, entry);
  }

  *firings(owner: string, match?: string): Iterable<readonly [string, string, OnceEntry]> {
    for (const { firings } of this.#kept) {
      for (const [name, stored] of firings.get(owner) ?? []) {
        if (match !== undefined && name !== match) continue;
        for (const [firing, entry] of stored) yield [name, firing, entry];
      }
    }
  }

  *occurrences(owner: string, match = ""): Iterable<readonly [string, OnceEntry]> {
    for (const { occurrences } of this.#kept) {
      for (const found of occurrences.get(owner) ?? []) if (found[0].startsWith(match)) yield found;
    }
  }

  removeFirings(owner: string): void {
    for (const { firings, occurrences } of this.#kept) {
      firings.delete(owner);
      occurrences.delete(owner);
    }
  }

  sendRecord(lane: string, seq: number): SendRecord | undefined {
    return this.#either((kept) => {
      const records = kept.sends.get(lane) ?? [];
      const record = records[firstReaching(records, seq)];
      return record && record.fromSeq <= seq ? record : undefined;
    });
  }

  putSendRecord(lane: string, record: SendRecord): void {
    const records = held(this.#young.sends, lane, (): SendRecord[] => []);
    const index = firstReaching(records, record.toSeq);
    records.splice(index, records[index]?.toSeq === record.toSeq ? 1 : 0, record);
  }

  removeSendRecords(lane: string): void {
    for (const { sends } of this.#kept) sends.delete(lane);
  }

  generations(): Generations {
    return this.#generations;
  }

  putGenerations(generations: Generations): void {
    this.#generations = generations;
  }

  emptyGeneration(which: 0 | 1): void {
    this.#kept[which] = emptyGeneration();
  }

  get #young(): Generation {
    return this.#kept[this.#generations.young];
  }

  #either<Found>(find: (kept: Generation) => Found | undefined): Found | undefined {
    const { young } = this.#generations;
    return find(this.#kept[young]) ?? find(this.#kept[young === 0 ? 1 : 0]);
  }
}

function held<Name, Value>(map: Map<Name, Value>, name: Name, make: () => Value): Value {
  const found = map.get(name);
  if (found !== undefined) return found;
  const made = make();
  map.set(name, made);
  return made;
}

/** The index of the first record that ends at `seq` or later. */
function firstReaching(records: readonly SendRecord[], seq: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((records[middle]?.toSeq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
