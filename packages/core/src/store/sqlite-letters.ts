import type { DatabaseSync, StatementSync } from "node:sqlite";
import { laneId } from "../intent/intent.ts";
import type { DeadLetter } from "./lane-records.ts";
import { deadLetterText } from "./lane-row-text.ts";
import { prepared } from "./prepared.ts";
import { soundLetter } from "./sound-row.ts";
import type { SetAsideRows } from "./sqlite-set-aside.ts";
import { UnreadableRow } from "./stored-fields.ts";

/** The dead letters of a SQLite file; what cannot be read among them is set aside. */
export class SqliteLetters {
  readonly #setAside: SetAsideRows;
  readonly #sql: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

  constructor(database: DatabaseSync, setAside: SetAsideRows) {
    this.#setAside = setAside;
    this.#sql = prepared(database, STATEMENTS);
  }

  one(id: number): DeadLetter | undefined {
    const found = this.#sql.one.get(id);
    return found && this.#read(found);
  }

  all(): readonly DeadLetter[] {
    return this.#sql.all
      .all()
      .map((found) => this.#read(found))
      .filter((letter) => letter !== undefined);
  }

  count(): number {
    return Number(this.#sql.count.get()?.["letters"]);
  }

  areOf(lane: string): boolean {
    return this.#sql.ofLane.get(lane) !== undefined;
  }

  add(letter: Omit<DeadLetter, "id">): void {
    this.#sql.add.run(laneId(letter.key), deadLetterText(letter));
  }

  remove(id: number): void {
    this.#sql.remove.run(id);
  }

  #read({ id, lane, letter }: Record<string, unknown>): DeadLetter | undefined {
    try {
      return soundLetter(Number(id), lane, letter);
    } catch (error) {
      if (!(error instanceof UnreadableRow)) throw error;
      this.#setAside.add({ what: "dead-letter", name: String(lane), stored: letter }, error);
      this.remove(Number(id));
      return undefined;
    }
  }
}

const STATEMENTS = {
  one: "SELECT id, lane, letter FROM dead_letters WHERE id = ?",
  all: "SELECT id, lane, letter FROM dead_letters ORDER BY id",
  ofLane: "SELECT 1 FROM dead_letters WHERE lane = ? LIMIT 1",
  count: "SELECT count(*) AS letters FROM dead_letters",
  add: "INSERT INTO dead_letters (lane, letter) VALUES (?, ?)",
  remove: "DELETE FROM dead_letters WHERE id = ?",
} as const;
