import type { ProbePoint } from "../runtime/probe.ts";
import { systemClock } from "../runtime/clock.ts";
import type { ForgottenUser, SetAside, TakenOver } from "./lane-records.ts";
import { laneVerbs } from "./lane-verbs.ts";
import type { LaneVerbs } from "./lane-verbs.ts";
import { ownerName } from "./once-names.ts";
import { asStoreError, isFull } from "./sqlite-errors.ts";
import { SqliteFile } from "./sqlite-file.ts";
import { SqliteTables } from "./sqlite-tables.ts";
import { UnreadableRow } from "./stored-fields.ts";
import { refusalOf } from "./store-calls.ts";
import type { StoreAnswer, StoreCall, StoreFile } from "./store-calls.ts";

/** Verbs that change nothing, so need no transaction of their own. */
const READS: ReadonlySet<string> = new Set([
  "nextDue",
  "owed",
  "inspect",
  "ended",
  "deadLetters",
  "announcements",
  "sealedToken",
  "remembered",
  "setAside",
]);

/** Verbs that cannot share a transaction. */
const ALONE: ReadonlySet<string> = new Set(["backup", "close", "stands", "forgetUser"]);

/** Verbs after which what they delete is nowhere in the file. */
const WIPING: ReadonlySet<string> = new Set(["forgetUser", "purge"]);

/** Bounds how long one transaction keeps its callers waiting. */
const CALLS_PER_TRANSACTION = 256;

interface OpenFile {
  readonly file: SqliteFile;
  readonly tables: SqliteTables;
  readonly verbs: LaneVerbs;
}

/** How a test looks on or interferes; production leaves all of it as it is. */
export interface CallHooks {
  /** Told of each named instant of the store. */
  readonly passing: (point: ProbePoint) => void;
  readonly verbsOf: (verbs: LaneVerbs, tables: SqliteTables) => LaneVerbs;
  readonly syncedStages: boolean;
  /** Folds the log into the file this often, besides when SQLite does; undefined: never. */
  readonly commitsPerCheckpoint?: number;
  /** Wall time. */
  readonly now: () => number;
}

const NO_HOOKS: CallHooks = {
  passing: () => undefined,
  verbsOf: (verbs) => verbs,
  syncedStages: true,
  now: systemClock.now,
};

/** Carries out calls on one database file, many in a transaction, in the order they came. */
export class SqliteCalls {
  readonly #place: StoreFile;
  readonly #hooks: CallHooks;
  #open: OpenFile | undefined;
  #commits = 0;
  #hear: (rows: readonly SetAside[]) => void = () => undefined;

  constructor(place: StoreFile, hooks: Partial<CallHooks> = {}) {
    this.#place = place;
    this.#hooks = { ...NO_HOOKS, ...hooks };
  }

  /** `hear` is told of rows that were set aside, once that is committed and before the answers are given. */
  onSetAside(hear: (rows: readonly SetAside[]) => void): void {
    this.#hear = hear;
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
      return calls.map((call) => this.#answerFailed(call, error));
    }
  }

  #answerFailed(call: StoreCall, error: unknown): StoreAnswer {
    const { id } = call;
    const failure = asStoreError(error, this.#place.path);
    if (this.#open === undefined || call.verb !== "accept" || !isFull(error)) return refusalOf(id, failure);
    try {
      return { id, ok: true, result: this.#open.tables.full(failure.message, () => this.#runAll([call]))[0] };
    } catch {
      return refusalOf(id, failure);
    }
  }

  #run(calls: readonly StoreCall[]): readonly unknown[] {
    const [first] = calls;
    if (first?.verb === "close") return [this.#close()];
    const { file, tables } = (this.#open ??= this.#openFile());
    if (first?.verb === "backup") return [file.backUp(first.args[0] as string)];
    if (first?.verb === "stands") return [file.check()];
    if (calls.every(({ verb }) => READS.has(verb))) {
      try {
        return this.#runAll(calls);
      } catch (error) {
        // Read again in a transaction, it is set aside.
        if (!(error instanceof UnreadableRow)) throw error;
      }
    }
    const asked = new Set(calls.map(({ verb }) => verb));
    const traces = first?.verb === "forgetUser" ? tracesOf(first, tables) : [];
    const isWiping = calls.some(({ verb }) => WIPING.has(verb));
    const work = (): readonly unknown[] => {
      const ran = this.#runAll(calls);
      tables.flush();
      this.#pass(asked, "before-commit");
      if (calls.some(({ verb }, index) => verb === "open" && tookOver(ran[index]))) this.#hooks.passing("recovery");
      return ran;
    };
    try {
      const results = file.transaction(asked.has("stage") && this.#hooks.syncedStages, work, isWiping);
      this.#pass(asked, "after-commit");
      if (traces.length > 0 && (results[0] as ForgottenUser).forgotten) file.scrub(traces);
      const news = tables.newlySetAside();
      if (news.length > 0) this.#hear(news);
      this.#checkpointNowAndThen(file);
      return results;
    } catch (error) {
      tables.forget();
      throw error;
    }
  }

  #runAll(calls: readonly StoreCall[]): readonly unknown[] {
    const verbs = this.#open?.verbs;
    if (verbs === undefined) throw new TypeError("The file is not open.");
    return calls.map((call) => runVerb(verbs, call));
  }

  #pass(asked: ReadonlySet<string>, when: "before-commit" | "after-commit"): void {
    for (const verb of ["accept", "stage", "settle"] as const) {
      if (asked.has(verb)) this.#hooks.passing(`${verb}:${when}`);
    }
  }

  #checkpointNowAndThen(file: SqliteFile): void {
    const { commitsPerCheckpoint, passing } = this.#hooks;
    this.#commits += 1;
    if (commitsPerCheckpoint === undefined || this.#commits % commitsPerCheckpoint !== 0) return;
    passing("checkpoint");
    file.checkpoint();
  }

  #close(): undefined {
    this.#hooks.passing("checkpoint");
    this.#open?.file.close();
    this.#open = undefined;
  }

  #openFile(): OpenFile {
    const file = new SqliteFile(this.#place);
    try {
      const tables = new SqliteTables(file.database, this.#hooks.now, () => file.room.whyFull());
      return { file, tables, verbs: this.#hooks.verbsOf(laneVerbs(tables, this.#place), tables) };
    } catch (error) {
      file.close();
      throw error;
    }
  }
}

/** Calls in the groups that share a transaction. */
function transactions(calls: readonly StoreCall[]): readonly (readonly StoreCall[])[] {
  const groups: StoreCall[][] = [];
  for (const call of calls) {
    const last = groups.at(-1);
    const joins =
      last && last.length < CALLS_PER_TRANSACTION && !ALONE.has(last[0]?.verb ?? "") && !ALONE.has(call.verb);
    if (joins) last.push(call);
    else groups.push([call]);
  }
  return groups;
}

/** By what a user's rows are known, deleted or not. */
function tracesOf({ args: [app, user] }: StoreCall, tables: SqliteTables): readonly string[] {
  const sealed = tables.token(ownerName(String(app), String(user)));
  return [String(user), ...(sealed === undefined ? [] : [sealed])];
}

function tookOver(answer: unknown): boolean {
  const { released, inDoubt, poisoned } = answer as TakenOver;
  return released + inDoubt + poisoned > 0;
}

function runVerb(verbs: LaneVerbs, { verb, args }: StoreCall): unknown {
  const run = verbs[verb as keyof LaneVerbs] as (...args: readonly unknown[]) => unknown;
  return run(...args);
}
