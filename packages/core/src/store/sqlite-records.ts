import type { DatabaseSync, StatementSync } from "node:sqlite";
import { LRUCache } from "lru-cache";
import { noGenerations } from "./generations.ts";
import type { Generations } from "./generations.ts";
import type { SendRecord } from "./lane-store.ts";
import { StoredFields, UnreadableRow } from "./stored-fields.ts";

type Firings = ReadonlyMap<string, string>;
const NO_FIRINGS: Firings = new Map();
const HOT_MATCHES = 4_096;

/** The statements of one generation. */
function statements(database: DatabaseSync, which: 0 | 1) {
  return {
    match: database.prepare(`SELECT firings FROM matches_${which} WHERE match = ?`),
    putMatch: database.prepare(`INSERT OR REPLACE INTO matches_${which} (match, firings) VALUES (?, ?)`),
    occurrence: database.prepare(`SELECT digest FROM occurrences_${which} WHERE occurrence = ?`),
    putOccurrence: database.prepare(`INSERT OR REPLACE INTO occurrences_${which} (occurrence, digest) VALUES (?, ?)`),
    send: database.prepare(`SELECT * FROM sends_${which} WHERE lane = ? AND to_seq >= ? ORDER BY to_seq LIMIT 1`),
    putSend: database.prepare(
      `INSERT OR REPLACE INTO sends_${which} (lane, to_seq, from_seq, how, reason, attempts, at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
  } satisfies Record<string, StatementSync>;
}

/** Once keys and send records in their two generations; match rows are written once per transaction. */
export class SqliteRecords {
  readonly #database: DatabaseSync;
  readonly #statements: readonly [ReturnType<typeof statements>, ReturnType<typeof statements>];
  readonly #hotMatches: readonly [LRUCache<string, Firings>, LRUCache<string, Firings>];
  readonly #changedMatches = new Map<string, Firings>();
  readonly #putGenerations: StatementSync;
  #generations: Generations;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = [statements(database, 0), statements(database, 1)];
    this.#hotMatches = [new LRUCache({ max: HOT_MATCHES }), new LRUCache({ max: HOT_MATCHES })];
    this.#putGenerations = database.prepare("INSERT OR REPLACE INTO meta (name, value) VALUES ('generations', ?)");
    this.#generations = this.#readGenerations();
  }

  firing(match: string, firing: string): string | undefined {
    const young = this.#changedMatches.get(match) ?? this.#firings(this.#young, match);
    return young.get(firing) ?? (this.#hasOld() ? this.#firings(this.#old, match).get(firing) : undefined);
  }

  putFirings(match: string, firings: Firings): void {
    const young = this.#changedMatches.get(match) ?? this.#firings(this.#young, match);
    this.#changedMatches.set(match, new Map([...young, ...firings]));
  }

  #firings(which: 0 | 1, match: string): Firings {
    const hot = this.#hotMatches[which].get(match);
    if (hot) return hot;
    const stored = this.#statements[which].match.get(match)?.["firings"];
    const firings = stored === undefined ? NO_FIRINGS : readFirings(match, stored);
    this.#hotMatches[which].set(match, firings);
    return firings;
  }

  occurrence(occurrence: string): string | undefined {
    const find = (which: 0 | 1): unknown => this.#statements[which].occurrence.get(occurrence)?.["digest"];
    const digest = find(this.#young) ?? (this.#hasOld() ? find(this.#old) : undefined);
    return digest === undefined ? undefined : String(digest);
  }

  putOccurrence(occurrence: string, digest: string): void {
    this.#statements[this.#young].putOccurrence.run(occurrence, digest);
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
    this.#statements[this.#young].putSend.run(lane, toSeq, fromSeq, how, reason, attempts, at);
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
    for (const [match, firings] of this.#changedMatches) {
      this.#statements[this.#young].putMatch.run(match, JSON.stringify([...firings]));
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

function readFirings(match: string, stored: unknown): Firings {
  const where = `once keys of match ${JSON.stringify(match)}`;
  try {
    return new Map<string, string>(JSON.parse(String(stored)));
  } catch {
    throw new UnreadableRow(where, "is not a list of firings");
  }
}

function readSendRecord(stored: Record<string, unknown>, lane: number): SendRecord {
  const fields = new StoredFields(stored, `send record of lane number ${lane}`);
  return {
    fromSeq: fields.number("from_seq"),
    toSeq: fields.number("to_seq"),
    how: fields.text("how") as SendRecord["how"],
    attempts: fields.number("attempts"),
    at: fields.number("at"),
    ...(stored["reason"] !== null && { reason: fields.text("reason") as NonNullable<SendRecord["reason"]> }),
  };
}
