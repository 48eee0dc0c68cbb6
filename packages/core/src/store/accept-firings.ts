import { shownValue } from "../ids/ids.ts";
import { laneId } from "../intent/intent.ts";
import { flawOf } from "./check-firing.ts";
import { withRow } from "./generations.ts";
import { acceptInto } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { Acceptance, Firing, ReportAcceptance } from "./lane-store.ts";
import { UNREADABLE } from "./lane-tables.ts";
import type { LaneTables, OnceEntry, Unreadable } from "./lane-tables.ts";
import { OnceBatch } from "./once-batch.ts";
import type { StoreTime } from "./store-time.ts";

type Report = readonly Firing[];

export interface Accepting {
  readonly maxLanes: number;
  /** The place in the order of acceptance of the next firing. */
  nextOrder(): number;
  readonly time: StoreTime;
  /** Told of a moment that has come. */
  come(now: number): number;
}

/** Merges reports into their lanes: each lane is written once, and a report is taken as a whole or not at all. */
export function acceptReports(
  tables: LaneTables,
  reports: readonly Report[],
  accepting: Accepting,
): readonly ReportAcceptance[] {
  const batch = new Batch(tables, accepting);
  const answers = reports.map((report) => batch.take(report));
  batch.write();
  return answers;
}

/** What a batch of reports changes, over what the tables hold. */
class Batch {
  readonly #tables: LaneTables;
  readonly #accepting: Accepting;
  readonly #whyFull: string | undefined;
  readonly #touched = new Map<string, LaneRow>();
  readonly #keys: OnceBatch;
  #lanes: number;
  /** Of those with a once key. */
  #newest = 0;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(tables: LaneTables, accepting: Accepting) {
    this.#tables = tables;
    this.#accepting = accepting;
    this.#whyFull = tables.whyFull();
    this.#keys = new OnceBatch(tables);
    this.#lanes = tables.countLanes();
  }

  take(report: Report): ReportAcceptance {
    for (const firing of report) {
      const detail = flawOf(firing);
      if (detail !== undefined) return { status: "refused", reason: "malformed", detail };
    }
    const known = report.map((firing) => this.#keys.find(firing));
    const unknown = report[known.indexOf(UNREADABLE)];
    if (unknown !== undefined) return { status: "refused", reason: "unreadable", detail: whyUnreadable(unknown) };
    const detail = this.#whyNoRoom(report, known);
    if (detail !== undefined) return { status: "refused", reason: "full", detail };
    return { status: "taken", firings: report.map((firing, index) => this.#accept(firing, known[index])) };
  }

  write(): void {
    const tables = this.#tables;
    for (const row of this.#touched.values()) tables.putLane(row);
    this.#keys.write();
    if (this.#latest > Number.NEGATIVE_INFINITY) this.#accepting.come(this.#latest);
    if (this.#newest > 0) tables.putGenerations(withRow(tables.generations(), this.#accepting.time.kept(this.#newest)));
  }

  #accept(firing: Firing, known: OnceEntry | Unreadable | undefined): Acceptance {
    const repeated = known ?? this.#keys.findHere(firing);
    if (typeof repeated === "object")
      return { status: "duplicate", digestDiffers: differs(repeated.digest, firing.digest) };
    const id = laneId(firing.key);
    const row = this.#lane(id);
    if (row === undefined) this.#lanes += 1;
    const { time, nextOrder } = this.#accepting;
    const kept = { ...firing, at: time.kept(firing.at), dueAt: time.kept(firing.dueAt) };
    const next = acceptInto(row, kept, row === undefined ? this.#tables.lanesFrom() : 0);
    const order = nextOrder();
    this.#touched.set(id, next);
    if (firing.once !== undefined) {
      this.#keys.remember(firing, next.seq, order);
      this.#newest = Math.max(this.#newest, firing.at);
    }
    this.#latest = Math.max(this.#latest, firing.at);
    return { status: "accepted", seq: next.seq, merged: row?.pending !== undefined };
  }

  #lane(id: string): LaneRow | undefined {
    return this.#touched.get(id) ?? this.#tables.lane(id);
  }

  /** Repeats need no room, and full lanes take more; looked at closely only when a limit is near. */
  #whyNoRoom(report: Report, known: readonly unknown[]): string | undefined {
    const { maxLanes } = this.#accepting;
    if (this.#whyFull === undefined && this.#lanes + report.length <= maxLanes) return undefined;
    const firsts = report.filter((_, index) => known[index] === undefined);
    if (this.#whyFull !== undefined) return firsts.length === 0 ? undefined : this.#whyFull;
    const ids = new Set(firsts.map(({ key }) => laneId(key)));
    const missing = [...ids].filter((id) => this.#lane(id) === undefined).length;
    if (missing === 0 || this.#lanes + missing <= maxLanes) return undefined;
    return `The store holds ${this.#lanes} lanes and may hold ${maxLanes} (maxLanes); this report needs ${missing} more.`;
  }
}

function whyUnreadable({ key, once }: Firing): string {
  return `Whether this counted before cannot be told: what player ${shownValue(key.user)} had counted of match ${shownValue(once?.match)} could not be read and was set aside. setAside.list() shows it; setAside.discard(id) lets reports of that match count again.`;
}

/** A payload that one of the two reports did not describe cannot be said to differ. */
function differs(stored: string, digest: string | undefined): boolean {
  return stored !== "" && digest !== undefined && digest !== "" && stored !== digest;
}
