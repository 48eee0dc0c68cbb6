import { laneId } from "../intent/intent.ts";
import { flawOf } from "./check-firing.ts";
import { withRow } from "./generations.ts";
import { acceptInto } from "./lane-row.ts";
import type { LaneRow } from "./lane-row.ts";
import type { Acceptance, Firing, ReportAcceptance } from "./lane-store.ts";
import type { LaneTables } from "./lane-tables.ts";
import { OnceBatch } from "./once-batch.ts";
import type { StoreTime } from "./store-time.ts";

type Report = readonly Firing[];

export interface Accepting {
  readonly maxLanes: number;
  /** The place in the order of acceptance of the next firing. */
  nextOrder(): number;
  readonly time: StoreTime;
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
  #newest = 0;

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
    const detail = this.#whyNoRoom(report);
    if (detail !== undefined) return { status: "refused", reason: "full", detail };
    return { status: "taken", firings: report.map((firing) => this.#accept(firing)) };
  }

  write(): void {
    const tables = this.#tables;
    for (const row of this.#touched.values()) tables.putLane(row);
    this.#keys.write();
    if (this.#newest > 0) tables.putGenerations(withRow(tables.generations(), this.#accepting.time.kept(this.#newest)));
  }

  #accept(firing: Firing): Acceptance {
    const repeated = this.#keys.find(firing);
    if (repeated !== undefined) return { status: "duplicate", digestDiffers: differs(repeated.digest, firing.digest) };
    const id = laneId(firing.key);
    const row = this.#lane(id);
    if (row === undefined) this.#lanes += 1;
    const { time } = this.#accepting;
    const next = acceptInto(row, { ...firing, at: time.kept(firing.at), dueAt: time.kept(firing.dueAt) });
    this.#touched.set(id, next);
    if (firing.once !== undefined) {
      this.#keys.remember(firing, next.seq, this.#accepting.nextOrder());
      this.#newest = Math.max(this.#newest, firing.at);
    }
    return { status: "accepted", seq: next.seq, merged: row?.pending !== undefined };
  }

  #lane(id: string): LaneRow | undefined {
    return this.#touched.get(id) ?? this.#tables.lane(id);
  }

  /** Repeats need no room, and full lanes take more; looked at closely only when a limit is near. */
  #whyNoRoom(report: Report): string | undefined {
    const { maxLanes } = this.#accepting;
    if (this.#whyFull === undefined && this.#lanes + report.length <= maxLanes) return undefined;
    const firsts = report.filter((firing) => this.#keys.find(firing) === undefined);
    if (this.#whyFull !== undefined) return firsts.length === 0 ? undefined : this.#whyFull;
    const ids = new Set(firsts.map(({ key }) => laneId(key)));
    const missing = [...ids].filter((id) => this.#lane(id) === undefined).length;
    if (missing === 0 || this.#lanes + missing <= maxLanes) return undefined;
    return `The store holds ${this.#lanes} lanes and may hold ${maxLanes} (maxLanes); this report needs ${missing} more.`;
  }
}

/** A payload that one of the two reports did not describe cannot be said to differ. */
function differs(stored: string, digest: string | undefined): boolean {
  return stored !== "" && digest !== undefined && digest !== "" && stored !== digest;
}
