import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import { noGenerations, withRow } from "./generations.ts";
import type { Generations } from "./generations.ts";
import type { SendRecord } from "./lane-records.ts";
import { UNREADABLE } from "./lane-tables.ts";
import type { OnceEntry, Unreadable } from "./lane-tables.ts";
import { bareEntry, entryText, firingsText, readEntry, readFirings, savedFirings, UNREAD } from "./once-text.ts";
import { matchName, ownerName, partsOf } from "./once-names.ts";
import { ownerNumber } from "./owner-number.ts";
import { readSendRecord, savedSendRecord } from "./send-record-row.ts";
import type { SetAsideRows } from "./sqlite-set-aside.ts";
import { StoredFields, UnreadableRow } from "./stored-fields.ts";

type Firings = ReadonlyMap<string, OnceEntry>;
const NO_FIRINGS: Firings = new Map();
const HOT_MATCHES = 4_096;

/** The statements of one generation. */
function statements(database: DatabaseSync, which: 0 | 1) {
  const send = database.prepare(`SELECT * FROM sends_${which} WHERE lane = ? AND to_seq >= ? ORDER BY to_seq LIMIT 1`);
  // A damaged number may be too large to read otherwise.
  send.setReadBigInts(true);
  return {
    match: database.prepare(`SELECT firings FROM matches_${which} WHERE name = ?`),
    matches: database.prepare(`SELECT name, firings FROM matches_${which} WHERE owner = ?`),
    removeMatch: database.prepare(`DELETE FROM matches_${which} WHERE name = ?`),
    removeOccurrences: database.prepare(`DELETE FROM occurrences_${which} WHERE name >= ? AND name < ?`),
    putMatch: database.prepare(`INSERT INTO matches_${which} (name, owner, firings) VALUES (?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET firings = excluded.firings`),
    occurrence: database.prepare(`SELECT entry FROM occurrences_${which} WHERE name = ?`),
    occurrences: database.prepare(`SELECT name, entry FROM occurrences_${which} WHERE name >= ? AND name < ?`),
    putOccurrence: database.prepare(`INSERT INTO occurrences_${which} (name, entry) VALUES (?, ?)
      ON CONFLICT (name) DO UPDATE SET entry = excluded.entry`),
    send,
    lastSend: database.prepare(
      `SELECT CAST(max(to_seq) AS REAL) AS seq FROM sends_${which} WHERE lane = ? AND typeof(to_seq) = 'integer'`,
    ),
    removeSends: database.prepare(`DELETE FROM sends_${which} WHERE lane = ?`),
    removeSend: database.prepare(`DELETE FROM sends_${which} WHERE lane = ? AND to_seq = ?`),
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
  readonly #lived: () => number;
  readonly #statements: readonly [ReturnType<typeof statements>, ReturnType<typeof statements>];
  readonly #hotMatches: readonly [LRUCache<string, Firings>, LRUCache<string, Firings>];
  readonly #changedMatches = new Map<string, { readonly owner: string; readonly firings: Firings }>();
  readonly #putGenerations: StatementSync;
  readonly #setAside: SetAsideRows;
  #generations: Generations | undefined;

  /** `lived`: how long the store has lived, or 0. */
  constructor(database: DatabaseSync, setAside: SetAsideRows, lived: () => number) {
    this.#lived = lived;
    this.#database = database;
    this.#setAside = setAside;
    this.#statements = [statements(database, 0), statements(database, 1)];
    this.#hotMatches = [new LRUCache({ max: HOT_MATCHES }), new LRUCache({ max: HOT_MATCHES })];
    this.#putGenerations = database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('generations', ?)");
  }

  firing(owner: string, match: string, firing: string): OnceEntry | Unreadable | undefined {
    const name = match + owner;
    const young = this.#changedMatches.get(name)?.firings ?? this.#firings(this.#young, name);
    const old = this.#hasOld() ? this.#firings(this.#old, name) : NO_FIRINGS;
    return young.get(firing) ?? old.get(firing) ?? (young.has(UNREAD) || old.has(UNREAD) ? UNREADABLE : undefined);
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
    const firings = stored === undefined ? NO_FIRINGS : this.#readFirings(which, name, stored);
    this.#hotMatches[which].set(name, firings);
    return firings;
  }

  /** What can still be told of a damaged list stays in its place. */
  #readFirings(which: 0 | 1, name: string, stored: unknown): Firings {
    try {
      return readFirings(stored, keysOf(name));
    } catch (error) {
      this.#keep("match", name, stored, error);
      const saved = savedFirings(stored);
      const [, app = "", user = ""] = partsOf(name);
      this.#statements[which].putMatch.run(name, ownerNumber(ownerName(app, user)), firingsText(saved));
      return saved;
    }
  }

  /** Sets a row aside that `error` says cannot be read; throws what else it is. */
  #keep(what: "match" | "occurrence" | "store" | "send-record", name: string, stored: unknown, error: unknown): number {
    if (!(error instanceof UnreadableRow)) throw error;
    return this.#setAside.add({ what, name, stored }, error);
  }

  /** From here on, what could not be read of a match's firings counts as never seen. */
  trustMatch(name: string): void {
    this.flush();
    for (const which of [0, 1] as const) {
      const firings = new Map(this.#firings(which, name));
      if (!firings.delete(UNREAD)) continue;
      const [, app = "", user = ""] = partsOf(name);
      this.#statements[which].putMatch.run(name, ownerNumber(ownerName(app, user)), firingsText(firings));
      this.#hotMatches[which].delete(name);
    }
  }

  *firings(owner: string, match?: string): Iterable<readonly [string, string, OnceEntry]> {
    this.flush();
    for (const which of [0, 1] as const) {
      for (const { name, firings } of this.#statements[which].matches.all(ownerNumber(owner))) {
        const [ofMatch = "", app = "", user = ""] = partsOf(String(name));
        // Another owner's may be found by the same number.
        if (ownerName(app, user) !== owner || (match !== undefined && matchName(ofMatch) !== match)) continue;
        const read = this.#readFirings(which, String(name), firings);
        for (const [firing, entry] of read) yield [matchName(ofMatch), firing, entry];
      }
    }
  }

  *occurrences(owner: string, match = ""): Iterable<readonly [string, OnceEntry]> {
    // After what a name begins with comes the length of its next part, in digits.
    const beginning = owner + match;
    for (const which of [0, 1] as const) {
      for (const { name, entry } of this.#statements[which].occurrences.all(beginning, `${beginning}:`)) {
        yield [String(name).slice(owner.length), this.#readEntry(which, String(name), entry)];
      }
    }
  }

  removeFirings(owner: string): void {
    this.flush();
    for (const which of [0, 1] as const) {
      const { matches, removeMatch, removeOccurrences } = this.#statements[which];
      for (const { name } of matches.all(ownerNumber(owner))) {
        const [, app = "", user = ""] = partsOf(String(name));
        if (ownerName(app, user) !== owner) continue;
        removeMatch.run(name ?? null);
        this.#hotMatches[which].delete(String(name));
      }
      removeOccurrences.run(owner, `${owner}:`);
    }
  }

  occurrence(owner: string, occurrence: string): OnceEntry | undefined {
    const name = owner + occurrence;
    const find = (which: 0 | 1): OnceEntry | undefined => {
      const entry = this.#statements[which].occurrence.get(name)?.["entry"];
      return entry === undefined ? undefined : this.#readEntry(which, name, entry);
    };
    return find(this.#young) ?? (this.#hasOld() ? find(this.#old) : undefined);
  }

  /** That there is a row says that it counted, whatever is in it. */
  #readEntry(which: 0 | 1, name: string, stored: unknown): OnceEntry {
    try {
      return readEntry(stored, keysOf(name));
    } catch (error) {
      this.#keep("occurrence", name, stored, error);
      this.#statements[which].putOccurrence.run(name, entryText(bareEntry));
      return bareEntry;
    }
  }

  putOccurrence(owner: string, occurrence: string, entry: OnceEntry): void {
    this.#statements[this.#young].putOccurrence.run(owner + occurrence, entryText(entry));
  }

  sendRecord(lane: number, seq: number, id: string): SendRecord | undefined {
    const find = (which: 0 | 1): SendRecord | undefined => {
      const found = this.#statements[which].send.get(lane, seq);
      const record = found && this.#readSend(which, lane, found, id);
      return record && record.fromSeq <= seq ? record : undefined;
    };
    return find(this.#young) ?? (this.#hasOld() ? find(this.#old) : undefined);
  }

  #readSend(which: 0 | 1, lane: number, found: Record<string, unknown>, id: string): SendRecord | undefined {
    try {
      return readSendRecord(found, id);
    } catch (error) {
      const at = this.#keep("send-record", id, found, error);
      const saved = savedSendRecord(found, at);
      if (saved === undefined) this.#statements[which].removeSend.run(lane, found["to_seq"] as bigint);
      else this.#putSend(which, lane, saved);
      return saved;
    }
  }

  /** Everything of a lane that has no record up to `toSeq` ended unread, with its row. */
  putUnreadSends(lane: number, toSeq: number, at: number): void {
    const last = Math.max(...this.#statements.map(({ lastSend }) => Number(lastSend.get(lane)?.["seq"] ?? 0)));
    if (last >= toSeq) return;
    this.putSendRecord(lane, { fromSeq: last + 1, toSeq, how: "dead", reason: "unreadable", attempts: 0, at });
    this.putGenerations(withRow(this.generations(), Math.max(at, this.#lived())));
  }

  removeSendRecords(lane: number): void {
    for (const { removeSends } of this.#statements) removeSends.run(lane);
  }

  putSendRecord(lane: number, record: SendRecord): void {
    this.#putSend(this.#young, lane, record);
  }

  #putSend(which: 0 | 1, lane: number, record: SendRecord): void {
    const { fromSeq, toSeq, how, reason = null, attempts, at } = record;
    const last = record.last === undefined ? null : JSON.stringify(record.last);
    const { requeuedAs, factAgeMs } = record;
    const more = requeuedAs === undefined && factAgeMs === undefined ? null : JSON.stringify({ requeuedAs, factAgeMs });
    this.#statements[which].putSend.run(lane, toSeq, fromSeq, how, reason, attempts, at, last, more);
  }

  generations(): Generations {
    return (this.#generations ??= this.#readGenerations());
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
    this.#generations = undefined;
  }

  get #young(): 0 | 1 {
    return this.generations().young;
  }

  get #old(): 0 | 1 {
    return this.#young === 0 ? 1 : 0;
  }

  #hasOld(): boolean {
    return this.generations().newest[this.#old] > 0;
  }

  #readGenerations(): Generations {
    const stored = this.#database.prepare("SELECT value FROM meta WHERE name = 'generations'").get()?.["value"];
    if (stored === undefined) return noGenerations;
    try {
      return generationsIn(stored);
    } catch (error) {
      // Both may hold anything: they stay for a full retention from here on.
      const at = this.#keep("store", "generations", stored, error);
      const both = withRow(noGenerations, Math.max(at, this.#lived())).newest[0];
      const kept: Generations = { young: 0, newest: [both, both] };
      this.#putGenerations.run(JSON.stringify(kept));
      return kept;
    }
  }
}

const keysOf = (name: unknown): string => `once keys ${JSON.stringify(name)}`;

function generationsIn(stored: unknown): Generations {
  const fields = StoredFields.parse(stored, "the store's generations");
  const newest = fields.object("newest");
  const young = fields.whole("young");
  if (young > 1) fields.refuse("young");
  const forgotten = fields.maybe("forgotten", () => fields.number("forgotten"));
  return {
    young: young === 0 ? 0 : 1,
    newest: [newest.number("0"), newest.number("1")],
    ...(forgotten !== undefined && { forgotten }),
  };
}
