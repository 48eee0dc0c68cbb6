import { DueQueue } from "./due-queue.ts";
import { noGenerations } from "./generations.ts";
import type { Generations } from "./generations.ts";
import { effectiveDue, stateOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { DeadLetter, LaneFilter, LaneSnapshot, SendRecord } from "./lane-store.ts";
import type { LaneTables } from "./lane-tables.ts";

interface Generation {
  readonly firings: Map<string, Map<string, string>>;
  readonly occurrences: Map<string, string>;
  /** By lane, in the order of their seqs. */
  readonly sends: Map<string, SendRecord[]>;
}

const emptyGeneration = (): Generation => ({ firings: new Map(), occurrences: new Map(), sends: new Map() });

/** The tables of a store that lives as long as its process. */
export class MemoryTables implements LaneTables {
  readonly #lanes = new Map<string, { row: LaneRow; readonly age: number }>();
  readonly #users = new Map<string, Set<string>>();
  readonly #due = new DueQueue();
  readonly #counts = new Map<LaneSnapshot["state"], number>();
  readonly #kept: [Generation, Generation] = [emptyGeneration(), emptyGeneration()];
  readonly #dead = new Map<number, DeadLetter>();
  #generations: Generations = noGenerations;
  #letters = 0;
  #openings = 0;

  lane(id: string): LaneRow | undefined {
    return this.#lanes.get(id)?.row;
  }

  putLane(row: LaneRow): void {
    const entry = this.#lanes.get(row.id);
    const age = entry?.age ?? this.#lanes.size;
    if (entry) {
      this.#count(entry.row, -1);
      entry.row = row;
    } else {
      this.#lanes.set(row.id, { row, age });
      this.#lanesOfUser(row.key.app, row.key.user).add(row.id);
    }
    this.#count(row, 1);
    this.#due.set(row.id, effectiveDue(row), age);
  }

  dueLanes(limit: number, now: number): readonly LaneRow[] {
    return this.#rows(this.#due.dueAt(now, limit));
  }

  nextDue(): number | undefined {
    return this.#due.first()?.due;
  }

  waitingLanes(now: number): readonly LaneRow[] {
    const rows: LaneRow[] = [];
    for (const { row } of this.#lanes.values()) {
      const due = effectiveDue(row);
      if (stateOf(row) !== "idle" && (due === undefined || due > now || row.phase.state === "in-doubt")) rows.push(row);
    }
    return rows;
  }

  lanes({ app, user }: LaneFilter): readonly LaneRow[] {
    const ids = app !== undefined && user !== undefined ? this.#lanesOfUser(app, user) : this.#lanes.keys();
    return this.#rows([...ids].sort()).filter(
      ({ key }) => (app === undefined || key.app === app) && (user === undefined || key.user === user),
    );
  }

  countByState(): ReadonlyMap<LaneSnapshot["state"], number> {
    return this.#counts;
  }

  firing(match: string, firing: string): string | undefined {
    return this.#eitherGeneration((kept) => kept.firings.get(match)?.get(firing));
  }

  putFirings(match: string, firings: ReadonlyMap<string, string>): void {
    const young = this.#kept[this.#generations.young].firings;
    young.set(match, new Map([...(young.get(match) ?? []), ...firings]));
  }

  occurrence(occurrence: string): string | undefined {
    return this.#eitherGeneration((kept) => kept.occurrences.get(occurrence));
  }

  putOccurrence(occurrence: string, digest: string): void {
    this.#kept[this.#generations.young].occurrences.set(occurrence, digest);
  }

  sendRecord(lane: string, seq: number): SendRecord | undefined {
    return this.#eitherGeneration((kept) => {
      const records = kept.sends.get(lane) ?? [];
      const record = records[firstReaching(records, seq)];
      return record && record.fromSeq <= seq ? record : undefined;
    });
  }

  putSendRecord(lane: string, record: SendRecord): void {
    const { sends } = this.#kept[this.#generations.young];
    const records = sends.get(lane) ?? [];
    const index = firstReaching(records, record.toSeq);
    records.splice(index, records[index]?.toSeq === record.toSeq ? 1 : 0, record);
    sends.set(lane, records);
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

  deadLetter(id: number): DeadLetter | undefined {
    return this.#dead.get(id);
  }

  deadLetters(): readonly DeadLetter[] {
    return [...this.#dead.values()];
  }

  countDeadLetters(): number {
    return this.#dead.size;
  }

  addDeadLetter(letter: Omit<DeadLetter, "id">): void {
    const id = ++this.#letters;
    this.#dead.set(id, { id, ...letter });
  }

  removeDeadLetter(id: number): void {
    this.#dead.delete(id);
  }

  nextOpening(): number {
    return ++this.#openings;
  }

  #eitherGeneration<Found>(find: (kept: Generation) => Found | undefined): Found | undefined {
    const { young } = this.#generations;
    return find(this.#kept[young]) ?? find(this.#kept[young === 0 ? 1 : 0]);
  }

  #rows(ids: readonly string[]): readonly LaneRow[] {
    return ids.map((id) => this.lane(id)).filter((row) => row !== undefined);
  }

  #lanesOfUser(app: string, user: string): Set<string> {
    const name = `${app}\n${user}`;
    const lanes = this.#users.get(name) ?? new Set<string>();
    this.#users.set(name, lanes);
    return lanes;
  }

  #count(row: LaneRow, by: 1 | -1): void {
    const state = stateOf(row);
    this.#counts.set(state, (this.#counts.get(state) ?? 0) + by);
  }
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
