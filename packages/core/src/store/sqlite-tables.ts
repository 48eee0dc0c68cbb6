import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import type { Generations } from "./generations.ts";
import { laneId } from "../intent/intent.ts";
import { effectiveDue, stateOf } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import { deadLetterText, laneRowText, readDeadLetter, readLaneRow } from "./lane-row-text.ts";
import type { DeadLetter, LaneFilter, LaneSnapshot, SendRecord } from "./lane-records.ts";
import type { LaneTables, OnceEntry } from "./lane-tables.ts";
import { SqliteRecords } from "./sqlite-records.ts";
import { NEVER } from "./sqlite-schema.ts";

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
  readonly #records: SqliteRecords;
  readonly #hot = new LRUCache<string, HotLane>({ max: HOT_LANES });
  readonly #changed = new Map<string, LaneRow>();
  readonly #sql: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;
  readonly #whyFull: () => string | undefined;
  #full: string | undefined;
  /** Looked for in this transaction and not found. */
  readonly #absent = new Set<string>();
  /** Of the file and of this transaction; undefined until they are counted. */
  #lanes: number | undefined;
  #time: number | undefined;
  #isNewTime = false;

  constructor(database: DatabaseSync, whyFull: () => string | undefined = () => undefined) {
    this.#whyFull = whyFull;
    this.#records = new SqliteRecords(database);
    this.#sql = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>;
  }

  lane(id: string): LaneRow | undefined {
    return this.#changed.get(id) ?? this.#stored(id)?.row;
  }

  putLane(row: LaneRow): void {
    if (this.#lanes !== undefined && this.#absent.has(row.id) && !this.#changed.has(row.id)) this.#lanes += 1;
    this.#changed.set(row.id, row);
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
    return this.#select(this.#sql.dueLanes, now, limit);
  }

  nextDue(): number | undefined {
    this.flush();
    const due = this.#sql.nextDue.get()?.["due"];
    return typeof due === "number" && due !== NEVER ? due : undefined;
  }

  waitingLanes(now: number): readonly LaneRow[] {
    return this.#select(this.#sql.waitingLanes, now);
  }

  heldLanes(): readonly LaneRow[] {
    return this.#select(this.#sql.heldLanes, NEVER);
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

  firing(owner: string, match: string, firing: string): OnceEntry | undefined {
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
    return stored && this.#records.sendRecord(stored.number, seq);
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
    const found = this.#sql.deadLetter.get(id);
    return found && readDeadLetter(id, String(found["lane"]), found["letter"]);
  }

  deadLetters(): readonly DeadLetter[] {
    return this.#sql.deadLetters.all().map(({ id, lane, letter }) => readDeadLetter(Number(id), String(lane), letter));
  }

  countDeadLetters(): number {
    return Number(this.#sql.countDeadLetters.get()?.["letters"]);
  }

  addDeadLetter(letter: Omit<DeadLetter, "id">): void {
    this.#sql.addDeadLetter.run(laneId(letter.key), deadLetterText(letter));
  }

  removeDeadLetter(id: number): void {
    this.#sql.removeDeadLetter.run(id);
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
    return Number(this.#sql.nextOpening.get()?.["value"]);
  }

  time(): number | undefined {
    const stored = this.#time ?? this.#sql.time.get()?.["value"];
    return stored === undefined ? undefined : Number(stored);
  }

  kernel(): string | undefined {
    const stored = this.#sql.kernel.get()?.["value"];
    return stored === undefined || stored === "" ? undefined : String(stored);
  }

  putKernel(kernel: string | undefined): void {
    this.#sql.putKernel.run(kernel ?? "");
  }

  putTime(at: number): void {
    this.#isNewTime ||= at !== this.#time;
    this.#time = at;
  }

  /** Writes every row the transaction changed, once. */
  flush(): void {
    for (const row of this.#changed.values()) this.#write(row);
    this.#changed.clear();
    this.#absent.clear();
    this.#records.flush();
    if (this.#isNewTime) this.#sql.putTime.run(String(this.#time));
    this.#isNewTime = false;
  }

  /** Forgets everything not read from the file; after a rollback. */
  forget(): void {
    this.#changed.clear();
    this.#absent.clear();
    this.#hot.clear();
    this.#lanes = undefined;
    this.#time = undefined;
    this.#isNewTime = false;
    this.#records.forget();
  }

  #write(row: LaneRow): void {
    const state = stateOf(row);
    const due = effectiveDue(row) ?? (state === "idle" ? null : NEVER);
    const text = laneRowText(row);
    let number = this.#hot.peek(row.id)?.number;
    if (number !== undefined) this.#sql.updateLane.run(state, due, text, number);
    else if (this.#absent.has(row.id)) number = Number(this.#sql.addLane.run(row.id, state, due, text).lastInsertRowid);
    else number = Number(this.#sql.updateCold.get(state, due, text, row.id)?.["lane"]);
    this.#hot.set(row.id, { number, row });
  }

  #stored(id: string): HotLane | undefined {
    const hot = this.#hot.get(id);
    if (hot) return hot;
    const found = this.#sql.lane.get(id);
    if (found) return this.#read(found);
    this.#absent.add(id);
    return undefined;
  }

  #select(statement: StatementSync, ...parameters: readonly (string | number)[]): readonly LaneRow[] {
    this.flush();
    return statement.all(...parameters).map((found) => this.#read(found).row);
  }

  #read({ lane, id, row }: Record<string, unknown>): HotLane {
    const name = String(id);
    const known = this.#hot.get(name);
    if (known) return known;
    const read = { number: Number(lane), row: readLaneRow(name, row) };
    this.#hot.set(name, read);
    return read;
  }
}

/** After every lane id: ids begin with a digit. */
const AFTER_ALL = "\u{10ffff}";

export const DUE_LANES: string = "SELECT lane, id, row FROM lanes WHERE due <= ? ORDER BY due, lane LIMIT ?";

const STATEMENTS = {
  lane: "SELECT lane, id, row FROM lanes WHERE id = ?",
  addLane: "INSERT INTO lanes (id, state, due, row) VALUES (?, ?, ?, ?)",
  updateCold: "UPDATE lanes SET state = ?, due = ?, row = ? WHERE id = ? RETURNING lane",
  updateLane: "UPDATE lanes SET state = ?, due = ?, row = ? WHERE lane = ?",
  dueLanes: DUE_LANES,
  nextDue: "SELECT min(due) AS due FROM lanes WHERE due IS NOT NULL",
  waitingLanes: `SELECT lane, id, row FROM lanes WHERE due > ?1
    UNION ALL SELECT lane, id, row FROM lanes WHERE due <= ?1 AND state = 'in-doubt'`,
  heldLanes: "SELECT lane, id, row FROM lanes WHERE due = ? AND state <> 'parked'",
  parkedLanes: "SELECT lane, id, row FROM lanes WHERE due = ? AND state = 'parked' ORDER BY id",
  countLanes: "SELECT count(*) AS lanes FROM lanes",
  lanes: "SELECT lane, id, row FROM lanes WHERE id >= ? AND id < ? ORDER BY id",
  countByState: "SELECT state, count(*) AS lanes FROM lanes WHERE due IS NOT NULL GROUP BY state",
  deadLetter: "SELECT lane, letter FROM dead_letters WHERE id = ?",
  deadLetters: "SELECT id, lane, letter FROM dead_letters ORDER BY id",
  countDeadLetters: "SELECT count(*) AS letters FROM dead_letters",
  addDeadLetter: "INSERT INTO dead_letters (lane, letter) VALUES (?, ?)",
  removeDeadLetter: "DELETE FROM dead_letters WHERE id = ?",
  token: "SELECT sealed FROM tokens WHERE owner = ?",
  putToken: "INSERT OR REPLACE INTO tokens (owner, sealed, at) VALUES (?, ?, ?)",
  removeToken: "DELETE FROM tokens WHERE owner = ?",
  removeTokensBefore: "DELETE FROM tokens WHERE at < ?",
  time: "SELECT value FROM meta WHERE name = 'lived'",
  putTime: "INSERT OR REPLACE INTO meta (name, value) VALUES ('lived', ?)",
  kernel: "SELECT value FROM meta WHERE name = 'kernel'",
  putKernel: "INSERT OR REPLACE INTO meta (name, value) VALUES ('kernel', ?)",
  nextOpening: `INSERT INTO meta (name, value) VALUES ('openings', 1)
    ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`,
} as const;
