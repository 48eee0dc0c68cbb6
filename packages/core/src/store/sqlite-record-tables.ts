import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Generations } from "./generations.ts";
import type { DeadLetter, SetAside } from "./lane-records.ts";
import type { LaneTables, OnceEntry, Unreadable } from "./lane-tables.ts";
import { prepared } from "./prepared.ts";
import { SqliteLetters } from "./sqlite-letters.ts";
import { StoreNotes } from "./sqlite-notes.ts";
import { SqliteRecords } from "./sqlite-records.ts";
import { SetAsideRows } from "./sqlite-set-aside.ts";

/** What a SQLite file keeps beside its lanes. */
export abstract class SqliteRecordTables implements Omit<LaneTables, LaneVerb> {
  protected readonly records: SqliteRecords;
  protected readonly notes: StoreNotes;
  protected readonly aside: SetAsideRows;
  /** A number above every seq and epoch given so far. */
  protected nextNumber: () => number = () => 0;
  readonly #letters: SqliteLetters;
  readonly #sql: Readonly<Record<keyof typeof TOKENS, StatementSync>>;

  constructor(database: DatabaseSync, now: () => number) {
    this.aside = new SetAsideRows(database, now);
    this.notes = new StoreNotes(database, this.aside);
    this.records = new SqliteRecords(database, this.aside, () => this.notes.time() ?? 0);
    this.#letters = new SqliteLetters(database, this.aside);
    this.#sql = prepared(database, TOKENS);
  }

  lanesFrom(): number {
    return this.notes.lanesFrom(this.nextNumber);
  }

  putLanesFrom(from: number): void {
    this.notes.putLanesFrom(from);
  }

  useNumbers(next: () => number): void {
    this.nextNumber = next;
  }

  firing(owner: string, match: string, firing: string): OnceEntry | Unreadable | undefined {
    return this.records.firing(owner, match, firing);
  }

  putFirings(owner: string, match: string, firings: ReadonlyMap<string, OnceEntry>): void {
    this.records.putFirings(owner, match, firings);
  }

  firings(owner: string, match?: string): Iterable<readonly [string, string, OnceEntry]> {
    return this.records.firings(owner, match);
  }

  occurrence(owner: string, occurrence: string): OnceEntry | undefined {
    return this.records.occurrence(owner, occurrence);
  }

  putOccurrence(owner: string, occurrence: string, entry: OnceEntry): void {
    this.records.putOccurrence(owner, occurrence, entry);
  }

  occurrences(owner: string, match?: string): Iterable<readonly [string, OnceEntry]> {
    return this.records.occurrences(owner, match);
  }

  removeFirings(owner: string): void {
    this.records.removeFirings(owner);
  }

  generations(): Generations {
    return this.records.generations();
  }

  putGenerations(generations: Generations): void {
    this.records.putGenerations(generations);
  }

  emptyGeneration(which: 0 | 1): void {
    this.records.emptyGeneration(which);
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
    return this.aside.list();
  }

  countSetAside(): number {
    return this.aside.count();
  }

  dropSetAside(id: number): boolean {
    const dropped = this.aside.remove(id);
    if (dropped?.what === "match") this.records.trustMatch(dropped.name);
    return dropped !== undefined;
  }

  /** What was set aside since this was last asked; of use once it is committed. */
  newlySetAside(): readonly SetAside[] {
    return this.aside.news();
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
    return this.notes.nextOpening();
  }

  time(): number | undefined {
    return this.notes.time();
  }

  putTime(at: number): void {
    this.notes.putTime(at);
  }

  kernel(): string | undefined {
    return this.notes.kernel();
  }

  putKernel(kernel: string | undefined): void {
    this.notes.putKernel(kernel);
  }
}

/** What concerns the lanes themselves. */
type LaneVerb =
  | "lane"
  | "putLane"
  | "removeLane"
  | "countLanes"
  | "whyFull"
  | "dueLanes"
  | "nextDue"
  | "waitingLanes"
  | "heldLanes"
  | "parkedLanes"
  | "lanes"
  | "countByState"
  | "idleLanes"
  | "postponeIdle"
  | "sendRecord"
  | "putSendRecord";

const TOKENS = {
  token: "SELECT sealed FROM tokens WHERE owner = ?",
  putToken: "INSERT OR REPLACE INTO tokens (owner, sealed, at) VALUES (?, ?, ?)",
  removeToken: "DELETE FROM tokens WHERE owner = ?",
  removeTokensBefore: "DELETE FROM tokens WHERE at < ?",
} as const;
