import { DueQueue } from "./due-queue.ts";
import { effectiveDue, leaseTokenOf, stateOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { DeadLetter, LaneFilter, LaneSnapshot } from "./lane-records.ts";
import type { LaneTables } from "./lane-tables.ts";
import { MemoryRecords } from "./memory-records.ts";

/** The tables of a store that lives as long as its process. */
export class MemoryTables extends MemoryRecords implements LaneTables {
  readonly #lanes = new Map<string, { row: LaneRow; readonly age: number }>();
  readonly #users = new Map<string, Set<string>>();
  readonly #due = new DueQueue();
  readonly #counts = new Map<LaneSnapshot["state"], number>();
  readonly #dead = new Map<number, DeadLetter>();
  readonly #tokens = new Map<string, { readonly sealed: string; readonly at: number }>();
  #letters = 0;
  #openings = 0;
  #time: number | undefined;
  #kernel: string | undefined;

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

  countLanes(): number {
    return this.#lanes.size;
  }

  /** A limit in bytes is for files. */
  whyFull(): undefined {
    return undefined;
  }

  dueLanes(limit: number, now: number): readonly LaneRow[] {
    return this.#rows(this.#due.dueAt(now, limit));
  }

  nextDue(): number | undefined {
    return this.#due.first()?.due;
  }

  waitingLanes(now: number): readonly LaneRow[] {
    return this.#some((row) => {
      const due = effectiveDue(row);
      return stateOf(row) !== "idle" && (due === undefined || due > now || row.phase.state === "in-doubt");
    });
  }

  heldLanes(): readonly LaneRow[] {
    return this.#some((row) => leaseTokenOf(row) !== undefined);
  }

  parkedLanes(): readonly LaneRow[] {
    const parked = this.#some((row) => row.phase.state === "parked");
    return parked.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  }

  lanes({ app, user }: LaneFilter): readonly LaneRow[] {
    const ids =
      app !== undefined && user !== undefined ? (this.#users.get(`${app}\n${user}`) ?? []) : this.#lanes.keys();
    return this.#rows([...ids].sort()).filter(
      ({ key }) => (app === undefined || key.app === app) && (user === undefined || key.user === user),
    );
  }

  countByState(): ReadonlyMap<LaneSnapshot["state"], number> {
    return this.#counts;
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

  token(owner: string): string | undefined {
    return this.#tokens.get(owner)?.sealed;
  }

  putToken(owner: string, sealed: string, at: number): void {
    this.#tokens.set(owner, { sealed, at });
  }

  removeToken(owner: string): void {
    this.#tokens.delete(owner);
  }

  removeTokensBefore(before: number): void {
    for (const [owner, { at }] of this.#tokens) if (at < before) this.#tokens.delete(owner);
  }

  nextOpening(): number {
    return ++this.#openings;
  }

  time(): number | undefined {
    return this.#time;
  }

  putTime(at: number): void {
    this.#time = at;
  }

  kernel(): string | undefined {
    return this.#kernel;
  }

  putKernel(kernel: string | undefined): void {
    this.#kernel = kernel;
  }

  #rows(ids: readonly string[]): readonly LaneRow[] {
    return ids.map((id) => this.lane(id)).filter((row) => row !== undefined);
  }

  #some(wanted: (row: LaneRow) => boolean): readonly LaneRow[] {
    const rows: LaneRow[] = [];
    for (const { row } of this.#lanes.values()) if (wanted(row)) rows.push(row);
    return rows;
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
