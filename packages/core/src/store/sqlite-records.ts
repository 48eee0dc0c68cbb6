import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import { noGenerations } from "./generations.ts";
import type { Generations } from "./generations.ts";
import type { SendRecord } from "./lane-records.ts";
import type { OnceEntry } from "./lane-tables.ts";
import { entryText, firingsText, readEntry, readFirings } from "./once-text.ts";
import { matchName, ownerName, partsOf } from "./once-names.ts";
import { ownerNumber } from "./owner-number.ts";
import { StoredFields } from "./stored-fields.ts";
import { readAttempt } from "./value-text.ts";

type Firings = ReadonlyMap<string, OnceEntry>;
const NO_FIRINGS: Firings = new Map();
const HOT_MATCHES = 4_096;

/** The statements of one generation. */
function statements(database: DatabaseSync, which: 0 | 1) {
  return {
    match: database.prepare(`SELECT firings FROM matches_${which} WHERE name = ?`),
    matches: database.prepare(`SELECT name, firings FROM matches_${which} WHERE owner = ?`),
    putMatch: database.prepare(`INSERT INTO matches_${which} (name, owner, firings) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET firings = excluded.firings`),
    occurrence: database.prepare(`SELECT entry FROM occurrences_${which} WHERE name = ?`),
    occurrences: database.prepare(`SELECT name, entry FROM occurrences_${which} WHERE name >= ? AND name < ?`),
    putOccurrence: database.prepare(`INSERT INTO occurrences_${which} (name, entry) VALUES (?, ?)`),
    send: database.prepare(`SELECT * FROM sends_${which} WHERE lane = ? AND to_seq >= ? ORDER BY to_seq LIMIT 1`),
    putSend: database.prepare(
      `INSERT OR REPLACE INTO sends_${which} (lane, to_seq, from_seq, how, reason, attempts, at, last, more) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
  } satisfies Record<string, StatementSync>;
}

/**
 * Once keys and send records in their two generations; match rows are written once per transaction.
 *
 * A match's rows lead with the match, since its players end it together; occurrences lead with their owner, since a
 * player's follow each other.
 */
export class SqliteRecords {
  readonly #database: DatabaseSync;
  readonly #statements: readonly [ReturnType<typeof statements>, ReturnType<typeof statements>];
  readonly #hotMatches: readonly [LRUCache<string, Firings>, LRUCache<string, Firings>];
  readonly #changedMatches = new Map<string, { readonly owner: string; readonly firings: Firings }>();
  readonly #putGenerations: StatementSync;
  #generations: Generations;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = [statements(database, 0), statements(database, 1)];
    this.#hotMatches = [new LRUCache({ max: HOT_MATCHES }), new LRUCache({ max: HOT_MATCHES })];
    this.#putGenerations = database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('generations', ?)");
    this.#generations = this.#readGenerations();
  }

  firing(owner: string, match: string, firing: string): OnceEntry | undefined {
    const name = match + owner;
    const young = this.#changedMatches.get(name)?.firings ?? this.#firings(this.#young, name);
    return young.get(firing) ?? (this.#hasOld() ? this.#firings(this.#old, name).get(firing) : undefined);
  }

  putFirings(owner: string, match: string, firings: Firings): void {
    const name = match + owner;
    const young = this.#changedMatches.get(name)?.firings ?? this.#firings(this.#young, name);
    this.#changedMatches.set(name, { owner, firings: young.size === 0 ? firings : new Map([...young, ...firings]) });
  }

  #firings(which: 0 | 1, name: string): Firings {
    const hot = this.#hotMatches[which].get(name);
    if (hot) return hot;
    const stored = this.#statements[which].match.get(name)?.["firings"];
    const firings = stored === undefined ? NO_FIRINGS : readFirings(stored, keysOf(name));
    this.#hotMatches[which].set(name, firings);
    return firings;
  }

  *firings(owner: string, match?: string): Iterable<readonly [string, string, OnceEntry]> {
    this.flush();
    for (const of of this.#statements) {
      for (const { name, firings } of of.matches.all(ownerNumber(owner))) {
        const [ofMatch = "", app = "", user = ""] = partsOf(String(name));
        // Another owner's may be found by the same number.
        if (ownerName(app, user) !== owner || (match !== undefined && matchName(ofMatch) !== match)) continue;
        for (const [firing, entry] of readFirings(firings, keysOf(name))) yield [matchName(ofMatch), firing, entry];
      }
    }
  }

  *occurrences(owner: string, match = ""): Iterable<readonly [string, OnceEntry]> {
    // After what a name begins with comes the length of its next part, in digits.
    const beginning = owner + match;
    for (const of of this.#statements) {
      for (const { name, entry } of of.occurrences.all(beginning, `${beginning}:`)) {
        yield [String(name).slice(owner.length), readEntry(entry, keysOf(name))];
      }
    }
  }

  occurrence(owner: string, occurrence: string): OnceEntry | undefined {
    const name = owner + occurrence;
    const find = (which: 0 | 1): unknown => this.#statements[which].occurrence.get(name)?.["entry"];
    const entry = find(this.#young) ?? (this.#hasOld() ? find(this.#old) : undefined);
    return entry === undefined ? undefined : readEntry(entry, keysOf(name));
  }

  putOccurrence(owner: string, occurrence: string, entry: OnceEntry): void {
    this.#statements[this.#young].putOccurrence.run(owner + occurrence, entryText(entry));
  }

  sendRecord(lane: number, seq: number): SendRecord | undefined {
    const find = (which: 0 | 1): SendRecord | undefined => {
      const found = this.#statements[which].send.get(lane, seq);
      const record = found && readSendRecord(found, lane);
      return record && record.fromSeq <= seq ? record : undefined;
    };
    return find(this.#young) ?? (this.#hasOld() ? find(this.#old) : undefined);
  }

  putSendRecord(lane: number, record: SendRecord): void {
    const { fromSeq, toSeq, how, reason = null, attempts, at } = record;
    const last = record.last === undefined ? null : JSON.stringify(record.last);
    const { requeuedAs, factAgeMs } = record;
    const more = requeuedAs === undefined && factAgeMs === undefined ? null : JSON.stringify({ requeuedAs, factAgeMs });
    this.#statements[this.#young].putSend.run(lane, toSeq, fromSeq, how, reason, attempts, at, last, more);
  }

  generations(): Generations {
    return this.#generations;
  }

  putGenerations(generations: Generations): void {
    if (generations === this.#generations) return;
    // Matches of this transaction belong to the generation that was young when they came.
    this.flush();
    this.#putGenerations.run(JSON.stringify(generations));
    this.#generations = generations;
  }

  emptyGeneration(which: 0 | 1): void {
    this.flush();
    for (const table of ["matches", "occurrences", "sends"]) this.#database.exec(`DELETE FROM ${table}_${which}`);
    this.#hotMatches[which].clear();
  }

  /** Writes what the transaction changed. */
  flush(): void {
    for (const [match, { owner, firings }] of this.#changedMatches) {
      this.#statements[this.#young].putMatch.run(match, ownerNumber(owner), firingsText(firings));
      this.#hotMatches[this.#young].set(match, firings);
    }
    this.#changedMatches.clear();
  }

  /** Forgets everything not read from the file; after a rollback. */
  forget(): void {
    this.#changedMatches.clear();
    for (const hot of this.#hotMatches) hot.clear();
    this.#generations = this.#readGenerations();
  }

  get #young(): 0 | 1 {
    return this.#generations.young;
  }

  get #old(): 0 | 1 {
    return this.#young === 0 ? 1 : 0;
  }

  #hasOld(): boolean {
    return this.#generations.newest[this.#old] > 0;
  }

  #readGenerations(): Generations {
    const stored = this.#database.prepare("SELECT value FROM meta WHERE name = 'generations'").get()?.["value"];
    if (stored === undefined) return noGenerations;
    const fields = StoredFields.parse(stored, "the store's generations");
    const newest = fields.object("newest");
    return { young: fields.number("young") === 0 ? 0 : 1, newest: [newest.number("0"), newest.number("1")] };
  }
}

const keysOf = (name: unknown): string => `once keys ${JSON.stringify(name)}`;

function readSendRecord(stored: Record<string, unknown>, lane: number): SendRecord {
  const where = `send record of lane number ${lane}`;
  const fields = new StoredFields(stored, where);
  return {
    fromSeq: fields.number("from_seq"),
    toSeq: fields.number("to_seq"),
    how: fields.text("how") as SendRecord["how"],
    attempts: fields.number("attempts"),
    at: fields.number("at"),
    ...(stored["last"] !== null && { last: readAttempt(StoredFields.parse(stored["last"], where)) }),
    ...(stored["more"] !== null && readMore(StoredFields.parse(stored["more"], where))),
    ...(stored["reason"] !== null && { reason: fields.text("reason") as NonNullable<SendRecord["reason"]> }),
  };
}

function readMore(fields: StoredFields): Pick<SendRecord, "requeuedAs" | "factAgeMs"> {
  return {
    ...(fields.has("requeuedAs") && { requeuedAs: fields.number("requeuedAs") }),
    ...(fields.has("factAgeMs") && { factAgeMs: fields.number("factAgeMs") }),
  };
}
