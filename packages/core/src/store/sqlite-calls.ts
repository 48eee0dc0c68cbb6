import { laneVerbs } from "./lane-verbs.ts";
import type { LaneVerbs } from "./lane-verbs.ts";
import { unpackFiring } from "./packed-firing.ts";
import type { PackedFiring } from "./packed-firing.ts";
import { asStoreError } from "./sqlite-errors.ts";
import { SqliteFile } from "./sqlite-file.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import type { StoreAnswer, StoreCall, StoreFile } from "./store-calls.ts";

/** Verbs that change nothing, so need no transaction of their own. */
const READS: ReadonlySet<string> = new Set(["nextDue", "owed", "inspect", "ended", "deadLetters"]);

/** Bounds how long one transaction keeps its callers waiting. */
const CALLS_PER_TRANSACTION = 256;

interface OpenFile {
  readonly file: SqliteFile;
  readonly tables: SqliteTables;
  readonly verbs: LaneVerbs;
}

/** Carries out calls on one database file, many in a transaction, in the order they came. */
export class SqliteCalls {
  readonly #place: StoreFile;
  #open: OpenFile | undefined;

  constructor(place: StoreFile) {
    this.#place = place;
  }

  /** Answers are final: what they say is committed. */
  answer(calls: readonly StoreCall[]): readonly StoreAnswer[] {
    return transactions(calls).flatMap((together) => this.#answerTogether(together));
  }

  #answerTogether(calls: readonly StoreCall[]): readonly StoreAnswer[] {
    try {
      const results = this.#run(calls);
      return calls.map(({ id }, index) => ({ id, ok: true, result: results[index] }));
    } catch (error) {
      // One call's failure is not the others': everything was rolled back, so each gets a transaction of its own.
      if (calls.length > 1) return calls.flatMap((call) => this.#answerTogether([call]));
      const { code, message } = asStoreError(error, this.#place.path);
      return calls.map(({ id }) => ({ id, ok: false, code, message }));
    }
  }

  #run(calls: readonly StoreCall[]): readonly unknown[] {
    if (calls[0]?.verb === "close") return [this.#close()];
    const { file, tables, verbs } = (this.#open ??= openFile(this.#place));
    const runAll = (): readonly unknown[] => calls.map((call) => runVerb(verbs, call));
    if (calls.every(({ verb }) => READS.has(verb))) return runAll();
    try {
      return file.transaction(
        calls.some(({ verb }) => verb === "stage"),
        () => {
          const results = runAll();
          tables.flush();
          return results;
        },
      );
    } catch (error) {
      tables.forget();
      throw error;
    }
  }

  #close(): undefined {
    this.#open?.file.close();
    this.#open = undefined;
  }
}

/** Calls in the groups that share a transaction; a close stands alone. */
function transactions(calls: readonly StoreCall[]): readonly (readonly StoreCall[])[] {
  const groups: StoreCall[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    const joins = last && last.length < CALLS_PER_TRANSACTION && last[0]?.verb !== "close" && call.verb !== "close";
    if (joins) last.push(call);
    else groups.push([call]);
  }
  return groups;
}

function openFile(place: StoreFile): OpenFile {
  const file = new SqliteFile(place.path, place.durability);
  try {
    const tables = new SqliteTables(file.database);
    return { file, tables, verbs: laneVerbs(tables) };
  } catch (error) {
    file.close();
    throw error;
  }
}

function runVerb(verbs: LaneVerbs, { verb, args }: StoreCall): unknown {
  if (verb === "accept") return verbs.accept((args[0] as readonly PackedFiring[]).map(unpackFiring));
  const run = verbs[verb as keyof LaneVerbs] as (...args: readonly unknown[]) => unknown;
  return run(...args);
}
