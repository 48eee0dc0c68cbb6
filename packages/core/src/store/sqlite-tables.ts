import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import type { Sharing } from "./fair-queue.ts";
import { isLaneId } from "../intent/intent.ts";
import { anewRow } from "./lane-anew.ts";
import { columnsOf, FOUND, isMisplaced } from "./lane-columns.ts";
import { effectiveDue } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import { laneRowText } from "./lane-row-text.ts";
import type { LaneFilter, LaneSnapshot, SendRecord } from "./lane-records.ts";
import type { LaneTables } from "./lane-tables.ts";
import { isInTransaction } from "./node-sqlite.ts";
import { prepared } from "./prepared.ts";
import { SqliteDueLanes } from "./sqlite-due-lanes.ts";
import { SqliteRecordTables } from "./sqlite-record-tables.ts";
import { NEVER } from "./sqlite-schema.ts";
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
export class SqliteTables extends SqliteRecordTables implements LaneTables {
  readonly #database: DatabaseSync;
  readonly #hot = new LRUCache<string, HotLane>({ max: HOT_LANES });
  readonly #changed = new Map<string, LaneRow>();
  readonly #sql: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;
  readonly #whyFull: () => string | undefined;
  readonly #due: SqliteDueLanes;
  #full: string | undefined;
  /** Looked for in this transaction and not found. */
  readonly #absent = new Set<string>();
  /** Of the file and of this transaction; undefined until they are counted. */
  #lanes: number | undefined;

  constructor(database: DatabaseSync, now: () => number, whyFull: () => string | undefined) {
    super(database, now);
    this.#database = database;
    this.#whyFull = whyFull;
    this.#sql = prepared(database, STATEMENTS);
    this.#due = new SqliteDueLanes(database);
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

  dueLanes(limit: number, now: number, sharing?: Sharing): readonly LaneRow[] {
    for (;;) {
      this.flush();
      const found = this.#due.ids(limit, now, sharing).map((id) => [id, this.lane(id)] as const);
      const due = found.flatMap(([, row]) => (row !== undefined && (effectiveDue(row) ?? NEVER) <= now ? [row] : []));
      if (due.length === found.length) return due;
      // Those found by mistake are put right, and others may be due in their place.
      for (const [id, row] of found) {
        if (row === undefined) this.#due.remove(id);
        else if (!due.includes(row)) this.#changed.set(id, row);
      }
    }
  }

  nextDue(): number | undefined {
    this.flush();
    const due = this.#sql.nextDue.get()?.["due"];
    return typeof due === "number" && due !== NEVER ? due : undefined;
  }

  waitingLanes(now: number): readonly LaneRow[] {
    return this.#select(this.#sql.waitingLanes, now, now);
  }

  heldLanes(): readonly LaneRow[] {
    return this.#select(this.#sql.heldLanes, NEVER, NEVER);
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

  sendRecord(lane: string, seq: number): SendRecord | undefined {
    const stored = this.#stored(lane);
    return stored && this.records.sendRecord(stored.number, seq, lane);
  }

  putSendRecord(lane: string, record: SendRecord): void {
    const stored = this.#stored(lane);
    if (stored === undefined) throw new TypeError("A send is recorded for a lane that was never written.");
    this.records.putSendRecord(stored.number, record);
  }

  /** Writes every row the transaction changed, once. */
  flush(): void {
    for (const row of this.#changed.values()) this.#write(row);
    this.#changed.clear();
    this.#absent.clear();
    this.records.flush();
    this.notes.flush();
  }

  /** Forgets everything not read from the file; after a rollback. */
  forget(): void {
    this.#changed.clear();
    this.#absent.clear();
    this.#hot.clear();
    this.#due.forget();
    this.#lanes = undefined;
    this.records.forget();
    this.notes.forget();
    this.aside.forget();
  }

  #write(row: LaneRow): void {
    const { state, due, idle } = columnsOf(row);
    const columns = [state, due, idle, laneRowText(row)] as const;
    let number = this.#hot.peek(row.id)?.number;
    if (number !== undefined) this.#sql.updateLane.run(...columns, number);
    else if (this.#absent.has(row.id)) number = Number(this.#sql.addLane.run(row.id, ...columns).lastInsertRowid);
    else number = Number(this.#sql.updateCold.get(...columns, row.id)?.["lane"]);
    this.#hot.set(row.id, { number, row });
    this.#due.written(row.id, due, number);
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
      const at = this.aside.add({ what: "lane", name, stored: found["row"] }, error);
      if (!isLaneId(found["id"])) return this.#remove(number);
      row = anewRow(name, this.nextNumber(), this.notes.time() ?? at);
      this.records.putUnreadSends(number, row.seq, at);
      this.#changed.set(name, row);
    }
    // What a lane is found by follows from its row. Who only reads leaves that to others.
    if (isMisplaced(found, row) && isInTransaction(this.#database)) this.#changed.set(name, row);
    const read = { number, row };
    this.#hot.set(name, read);
    return read;
  }

  #remove(number: number): undefined {
    this.#sql.removeLane.run(number);
    this.records.removeSendRecords(number);
    this.#lanes = undefined;
  }
}

/** After every lane id: ids begin with a digit. */
const AFTER_ALL = "\u{10ffff}";

export const IDLE_LANES: string = `SELECT ${FOUND} FROM lanes WHERE idle_since <= ? ORDER BY idle_since LIMIT ?`;

/** Each value has a `?` of its own: Node before 24.7 takes no numbered parameter twice. */
const STATEMENTS = {
  lane: `SELECT ${FOUND} FROM lanes WHERE id = ?`,
  addLane: "INSERT INTO lanes (id, state, due, idle_since, row) VALUES (?, ?, ?, ?, ?)",
  updateCold: "UPDATE lanes SET state = ?, due = ?, idle_since = ?, row = ? WHERE id = ? RETURNING lane",
  updateLane: "UPDATE lanes SET state = ?, due = ?, idle_since = ?, row = ? WHERE lane = ?",
  removeLane: "DELETE FROM lanes WHERE lane = ?",
  idleLanes: IDLE_LANES,
  postponeIdle: "UPDATE lanes SET idle_since = ? WHERE id = ?",
  nextDue: `SELECT CAST(min(due) AS REAL) AS due FROM lanes WHERE due < ${NEVER}`,
  waitingLanes: `SELECT ${FOUND} FROM lanes WHERE due > ?
    UNION ALL SELECT ${FOUND} FROM lanes WHERE due <= ? AND state = 'in-doubt'`,
  // What is filed under a due time that is none, is found here, too.
  heldLanes: `SELECT ${FOUND} FROM lanes WHERE due >= ? AND (state <> 'parked' OR due > ?)`,
  parkedLanes: `SELECT ${FOUND} FROM lanes WHERE due = ? AND state = 'parked' ORDER BY id`,
  countLanes: "SELECT count(*) AS lanes FROM lanes",
  lanes: `SELECT ${FOUND} FROM lanes WHERE id >= ? AND id < ? ORDER BY id`,
  countByState: "SELECT state, count(*) AS lanes FROM lanes WHERE due IS NOT NULL GROUP BY state",
} as const;
