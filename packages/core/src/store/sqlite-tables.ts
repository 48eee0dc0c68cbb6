import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import type { Generations } from "./generations.ts";
import { isLaneId } from "../intent/intent.ts";
import { anewRow } from "./lane-anew.ts";
import { columnsOf, FOUND, isMisplaced } from "./lane-columns.ts";
import { effectiveDue } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import { laneRowText } from "./lane-row-text.ts";
import type { DeadLetter, LaneFilter, LaneSnapshot, SendRecord, SetAside } from "./lane-records.ts";
import type { LaneTables, OnceEntry, Unreadable } from "./lane-tables.ts";
import { prepared } from "./prepared.ts";
import { SqliteRecords } from "./sqlite-records.ts";
import { NEVER } from "./sqlite-schema.ts";
import { SetAsideRows } from "./sqlite-set-aside.ts";
import { SqliteLetters } from "./sqlite-letters.ts";
import { StoreNotes } from "./sqlite-notes.ts";
import { soundRow } from "./sound-row.ts";
import { UnreadableRow } from "./stored-fields.ts";

/** Rows read or written lately. The file is ours alone, so what we last read is what it holds. */
const HOT_LANES = 8_192;

interface HotLane {
  readonly number: number;
  readonly row: LaneRow;
}

/** Where the ids of lanes with this beginning end: the next character after the separator. */
const AFTER = "\v";

/** The tables of a SQLite file. Lanes changed in a transaction are written once, by `flush`. */
export class SqliteTables implements LaneTables {
  readonly #database: DatabaseSync;
  readonly #records: SqliteRecords;
  readonly #letters: SqliteLetters;
  readonly #notes: StoreNotes;
  readonly #setAside: SetAsideRows;
  readonly #hot = new LRUCache<string, HotLane>({ max: HOT_LANES });
  readonly #changed = new Map<string, LaneRow>();
  readonly #sql: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;
  readonly #whyFull: () => string | undefined;
  #full: string | undefined;
  /** Looked for in this transaction and not found. */
  readonly #absent = new Set<string>();
  /** Of the file and of this transaction; undefined until they are counted. */
  #lanes: number | undefined;
  #nextNumber: () => number = () => 0;

  constructor(database: DatabaseSync, now: () => number, whyFull: () => string | undefined) {
    this.#database = database;
    this.#whyFull = whyFull;
    this.#setAside = new SetAsideRows(database, now);
    this.#records = new SqliteRecords(database, this.#setAside);
    this.#letters = new SqliteLetters(database, this.#setAside);
    this.#notes = new StoreNotes(database, this.#setAside);
    this.#sql = prepared(database, STATEMENTS);
  }

  lane(id: string): LaneRow | undefined {
    return this.#changed.get(id) ?? this.#stored(id)?.row;
  }

  putLane(row: LaneRow): void {
    if (this.#lanes !== undefined && this.#absent.has(row.id) && !this.#changed.has(row.id)) this.#lanes += 1;
    this.#changed.set(row.id, row);
  }

  removeLane(id: string): void {
    const number = this.#stored(id)?.number;
    if (number === undefined) return;
    const lanes = this.#lanes;
    this.#remove(number);
    this.#lanes = lanes === undefined ? undefined : lanes - 1;
    this.#changed.delete(id);
    this.#hot.delete(id);
    this.#absent.add(id);
  }

  countLanes(): number {
    if (this.#lanes === undefined) this.flush();
    return (this.#lanes ??= Number(this.#sql.countLanes.get()?.["lanes"]));
  }

  whyFull(): string | undefined {
    return this.#full ?? this.#whyFull();
  }

  /** Runs `work` with nothing more to be accepted, for this reason. */
  full<Result>(why: string, work: () => Result): Result {
    this.#full = why;
    try {
      return work();
    } finally {
      this.#full = undefined;
    }
  }

  dueLanes(limit: number, now: number): readonly LaneRow[] {
    for (;;) {
      const found = this.#select(this.#sql.dueLanes, now, limit);
      const due = found.filter((row) => (effectiveDue(row) ?? NEVER) <= now);
      // Those found by mistake have been put right, and others may be due in their place.
      if (due.length === found.length) return due;
    }
  }

  nextDue(): number | undefined {
    this.flush();
    const due = this.#sql.nextDue.get()?.["due"];
    return typeof due === "number" && due !== NEVER ? due : undefined;
  }

  waitingLanes(now: number): readonly LaneRow[] {
    return this.#select(this.#sql.waitingLanes, now);
  }

  parkedLanes(): readonly LaneRow[] {
    return this.#select(this.#sql.parkedLanes, NEVER);
  }

  lanes({ app, user }: LaneFilter): readonly LaneRow[] {
    if (app === undefined) {
      return this.#select(this.#sql.lanes, "", AFTER_ALL).filter(({ key }) => user === undefined || key.user === user);
    }
    const beginning = user === undefined ? app : `${app}\n${user}`;
    return this.#select(this.#sql.lanes, `${beginning}\n`, `${beginning}${AFTER}`);
  }

  countByState(): ReadonlyMap<LaneSnapshot["state"], number> {
    this.flush();
    const counts = this.#sql.countByState.all();
    return new Map(counts.map(({ state, lanes }) => [String(state) as LaneSnapshot["state"], Number(lanes)]));
  }

  idleLanes(limit: number, until: number): readonly LaneRow[] {
    return this.#select(this.#sql.idleLanes, until, limit);
  }

  postponeIdle(id: string, until: number): void {
    this.flush();
    this.#sql.postponeIdle.run(until, id);
  }

  lanesFrom(): number {
    return this.#notes.lanesFrom(this.#nextNumber);
  }

  putLanesFrom(from: number): void {
    this.#notes.putLanesFrom(from);
  }

  useNumbers(next: () => number): void {
    this.#nextNumber = next;
  }

  firing(owner: string, match: string, firing: string): OnceEntry | Unreadable | undefined {
    return this.#records.firing(owner, match, firing);
  }

  putFirings(owner: string, match: string, firings: ReadonlyMap<string, OnceEntry>): void {
    this.#records.putFirings(owner, match, firings);
  }

  firings(owner: string, match?: string): Iterable<readonly [string, string, OnceEntry]> {
    return this.#records.firings(owner, match);
  }

  occurrence(owner: string, occurrence: string): OnceEntry | undefined {
    return this.#records.occurrence(owner, occurrence);
  }

  putOccurrence(owner: string, occurrence: string, entry: OnceEntry): void {
    this.#records.putOccurrence(owner, occurrence, entry);
  }

  occurrences(owner: string, match?: string): Iterable<readonly [string, OnceEntry]> {
    return this.#records.occurrences(owner, match);
  }

  sendRecord(lane: string, seq: number): SendRecord | undefined {
    const stored = this.#stored(lane);
    return stored && this.#records.sendRecord(stored.number, seq, lane);
  }

  putSendRecord(lane: string, record: SendRecord): void {
    const stored = this.#stored(lane);
    if (stored === undefined) throw new TypeError("A send is recorded for a lane that was never written.");
    this.#records.putSendRecord(stored.number, record);
  }

  generations(): Generations {
    return this.#records.generations();
  }

  putGenerations(generations: Generations): void {
    this.#records.putGenerations(generations);
  }

  emptyGeneration(which: 0 | 1): void {
    this.#records.emptyGeneration(which);
  }

  deadLetter(id: number): DeadLetter | undefined {
    return this.#letters.one(id);
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#letters.all();
  }

  countDeadLetters(): number {
    return this.#letters.count();
  }

  hasDeadLetter(lane: string): boolean {
    return this.#letters.areOf(lane);
  }

  addDeadLetter(letter: Omit<DeadLetter, "id">): void {
    this.#letters.add(letter);
  }

  removeDeadLetter(id: number): void {
    this.#letters.remove(id);
  }

  setAside(): readonly SetAside[] {
    return this.#setAside.list();
  }

  countSetAside(): number {
    return this.#setAside.count();
  }

  dropSetAside(id: number): boolean {
    const dropped = this.#setAside.remove(id);
    if (dropped?.what === "match") this.#records.trustMatch(dropped.name);
    return dropped !== undefined;
  }

  /** What was set aside since this was last asked; of use once it is committed. */
  newlySetAside(): readonly SetAside[] {
    return this.#setAside.news();
  }

  token(owner: string): string | undefined {
    const sealed = this.#sql.token.get(owner)?.["sealed"];
    return sealed === undefined ? undefined : String(sealed);
  }

  putToken(owner: string, sealed: string, at: number): void {
    this.#sql.putToken.run(owner, sealed, at);
  }

  removeToken(owner: string): void {
    this.#sql.removeToken.run(owner);
  }

  removeTokensBefore(before: number): void {
    this.#sql.removeTokensBefore.run(before);
  }

  nextOpening(): number {
    return this.#notes.nextOpening();
  }

  /** Writes every row the transaction changed, once. */
  flush(): void {
    for (const row of this.#changed.values()) this.#write(row);
    this.#changed.clear();
    this.#absent.clear();
    this.#records.flush();
  }

  /** Forgets everything not read from the file; after a rollback. */
  forget(): void {
    this.#changed.clear();
    this.#absent.clear();
    this.#hot.clear();
    this.#lanes = undefined;
    this.#records.forget();
    this.#notes.forget();
    this.#setAside.forget();
  }

  #write(row: LaneRow): void {
    const { state, due, idle } = columnsOf(row);
    const columns = [state, due, idle, laneRowText(row)] as const;
    let number = this.#hot.peek(row.id)?.number;
    if (number !== undefined) this.#sql.updateLane.run(...columns, number);
    else if (this.#absent.has(row.id)) number = Number(this.#sql.addLane.run(row.id, ...columns).lastInsertRowid);
    else number = Number(this.#sql.updateCold.get(...columns, row.id)?.["lane"]);
    this.#hot.set(row.id, { number, row });
  }

  #stored(id: string): HotLane | undefined {
    const hot = this.#hot.get(id);
    if (hot) return hot;
    const found = this.#sql.lane.get(id);
    const read = found && this.#read(found);
    if (read === undefined) this.#absent.add(id);
    return read;
  }

  #select(statement: StatementSync, ...parameters: readonly (string | number)[]): readonly LaneRow[] {
    this.flush();
    const rows: LaneRow[] = [];
    for (const found of statement.all(...parameters)) {
      const read = this.#read(found);
      if (read) rows.push(read.row);
    }
    return rows;
  }

  /** A row that cannot be read is set aside; another takes its place, or none if nobody can tell whose it was. */
  #read(found: Record<string, unknown>): HotLane | undefined {
    const name = String(found["id"]);
    const number = Number(found["lane"]);
    let row = this.#hot.get(name)?.row;
    try {
      row ??= soundRow(found["id"], found["row"]);
    } catch (error) {
      if (!(error instanceof UnreadableRow)) throw error;
      const at = this.#setAside.add({ what: "lane", name, stored: found["row"] }, error);
      if (!isLaneId(found["id"])) return this.#remove(number);
      row = anewRow(name, this.#nextNumber(), at);
      this.#records.putUnreadSends(number, row.seq, at);
      this.#changed.set(name, row);
    }
    // What a lane is found by follows from its row. Who only reads leaves that to others.
    if (isMisplaced(found, row) && this.#database.isTransaction) this.#changed.set(name, row);
    const read = { number, row };
    this.#hot.set(name, read);
    return read;
  }

  #remove(number: number): undefined {
    this.#sql.removeLane.run(number);
    this.#records.removeSendRecords(number);
    this.#lanes = undefined;
  }
}

/** After every lane id: ids begin with a digit. */
const AFTER_ALL = "\u{10ffff}";

export const DUE_LANES: string = `SELECT ${FOUND} FROM lanes WHERE due <= ? ORDER BY due, lane LIMIT ?`;

export const IDLE_LANES: string = `SELECT ${FOUND} FROM lanes WHERE idle_since <= ? ORDER BY idle_since LIMIT ?`;

const STATEMENTS = {
  lane: `SELECT ${FOUND} FROM lanes WHERE id = ?`,
  addLane: "INSERT INTO lanes (id, state, due, idle_since, row) VALUES (?, ?, ?, ?, ?)",
  updateCold: "UPDATE lanes SET state = ?, due = ?, idle_since = ?, row = ? WHERE id = ? RETURNING lane",
  updateLane: "UPDATE lanes SET state = ?, due = ?, idle_since = ?, row = ? WHERE lane = ?",
  removeLane: "DELETE FROM lanes WHERE lane = ?",
  idleLanes: IDLE_LANES,
  postponeIdle: "UPDATE lanes SET idle_since = ? WHERE id = ?",
  dueLanes: DUE_LANES,
  nextDue: `SELECT CAST(min(due) AS REAL) AS due FROM lanes WHERE due < ${NEVER}`,
  waitingLanes: `SELECT ${FOUND} FROM lanes WHERE due > ?1
    UNION ALL SELECT ${FOUND} FROM lanes WHERE due <= ?1 AND state = 'in-doubt'`,
  parkedLanes: `SELECT ${FOUND} FROM lanes WHERE due = ? AND state = 'parked' ORDER BY id`,
  countLanes: "SELECT count(*) AS lanes FROM lanes",
  lanes: `SELECT ${FOUND} FROM lanes WHERE id >= ? AND id < ? ORDER BY id`,
  countByState: "SELECT state, count(*) AS lanes FROM lanes WHERE due IS NOT NULL GROUP BY state",
  token: "SELECT sealed FROM tokens WHERE owner = ?",
  putToken: "INSERT OR REPLACE INTO tokens (owner, sealed, at) VALUES (?, ?, ?)",
  removeToken: "DELETE FROM tokens WHERE owner = ?",
  removeTokensBefore: "DELETE FROM tokens WHERE at < ?",
} as const;
