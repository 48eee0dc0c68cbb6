import type { DatabaseSync, StatementSync } from "node:sqlite";
import { isLaneId, laneKeyOf } from "../intent/intent.ts";
import type { SetAside } from "./lane-records.ts";
import { partsOf } from "./once-names.ts";
import { isInTransaction } from "./node-sqlite.ts";
import { prepared } from "./prepared.ts";
import type { UnreadableRow } from "./stored-fields.ts";

/** A row that could not be read: where it stood, by what name (a lane's id, a once key's name), and what was in it. */
export interface Damaged {
  readonly what: SetAside["what"];
  readonly name: string;
  readonly stored: unknown;
}

/** Rows of a file that could not be read, moved here with what they held. */
export class SetAsideRows {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  readonly #sql: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;
  #count: number | undefined;
  /** Of this transaction, not told yet. */
  #news: SetAside[] = [];

  constructor(database: DatabaseSync, now: () => number) {
    this.#database = database;
    this.#now = now;
    this.#sql = prepared(database, STATEMENTS);
  }

  /**
   * Keeps a row that its table is about to lose; answers when, wall ms. Throws `why` outside a transaction, where nothing
   * may change: whoever read only reads again within one.
   */
  add({ what, name, stored }: Damaged, why: UnreadableRow): number {
    if (!isInTransaction(this.#database)) throw why;
    const at = this.#now();
    const text = textOf(stored);
    const id = Number(this.#sql.add.run(what, name, text, why.message, at).lastInsertRowid);
    this.#count = undefined;
    this.#news.push(setAsideOf({ id, what, name, text, why: why.message, at }));
    return at;
  }

  list(): readonly SetAside[] {
    return this.#sql.list.all().map(setAsideOf);
  }

  count(): number {
    return (this.#count ??= Number(this.#sql.count.get()?.["rows"]));
  }

  /** Takes it out; answers what it was. */
  remove(id: number): Pick<Damaged, "what" | "name"> | undefined {
    this.#count = undefined;
    const found = this.#sql.remove.get(id);
    return found && { what: String(found["what"]) as SetAside["what"], name: String(found["name"]) };
  }

  /** What was set aside since this was last asked. */
  news(): readonly SetAside[] {
    const news = this.#news;
    if (news.length > 0) this.#news = [];
    return news;
  }

  /** After a rollback. */
  forget(): void {
    this.#news = [];
    this.#count = undefined;
  }
}

const STATEMENTS = {
  add: "INSERT INTO set_aside (what, name, text, why, at) VALUES (?, ?, ?, ?, ?)",
  list: "SELECT id, what, name, text, why, CAST(at AS REAL) AS at FROM set_aside ORDER BY id",
  count: "SELECT count(*) AS rows FROM set_aside",
  remove: "DELETE FROM set_aside WHERE id = ? RETURNING what, name",
} as const;

/** Text as it is; bytes as a SQL literal. */
function textOf(stored: unknown): string {
  if (typeof stored === "string") return stored;
  if (stored instanceof Uint8Array) return `x'${Buffer.from(stored).toString("hex")}'`;
  if (typeof stored === "bigint") return stored.toString();
  if (typeof stored !== "object" || stored === null) return String(stored);
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(stored).map(([name, value]) => [name, typeof value === "object" ? textOf(value) : value]),
    ),
    (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value),
  );
}

function setAsideOf({ id, what, name, text, why, at }: Record<string, unknown>): SetAside {
  const kind = String(what) as SetAside["what"];
  return {
    id: Number(id),
    what: kind,
    ...namedBy(kind, String(name)),
    why: String(why),
    text: String(text),
    at: Number(at),
  };
}

/** What a row's name says of whose it was. */
function namedBy(what: SetAside["what"], name: string): Pick<SetAside, "app" | "user" | "target" | "match"> {
  if (what === "store") return {};
  if (what === "match" || what === "occurrence") {
    const parts = partsOf(name);
    const [app, user, match] = what === "match" ? [parts[1], parts[2], parts[0]] : parts;
    return app === undefined || user === undefined || match === undefined ? {} : { app, user, match };
  }
  return isLaneId(name) ? laneKeyOf(name) : {};
}
