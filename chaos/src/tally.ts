import type { Trouble } from "./plan/troubles.ts";
import { type Ambush, type GameCounts, type KillPoint, killPoints, type Lateness, type SeenRequest } from "./wire.ts";

export interface Cell {
  runs: number;
  verdicts: number;
  readonly outboxes: Set<number>;
}

/** What a run has seen so far: the parent's own counts, from what it was told and what the emulator logged. */
export class Tally {
  readonly byPoint: Record<KillPoint, number> = Object.fromEntries(killPoints.map((point) => [point, 0])) as Record<
    KillPoint,
    number
  >;
  readonly stops = { beforeTheCheck: 0, afterTheCheck: 0, byClock: 0 };
  readonly counts: { -readonly [K in keyof GameCounts]: number } = {
    ambiguous: 0,
    applied: 0,
    notApplied: 0,
    foreign: 0,
  };
  /** By kind, how often it befell a game; what could not be had here, and why, is in `skipped`. */
  readonly troubles: Record<Trouble, number> = { clocks: 0, disk: 0, copies: 0, threads: 0 };
  readonly skipped: Partial<Record<Trouble, string>> = {};
  /** Wall time leapt while a game was running. */
  leaps = 0;
  /** Reports refused for want of room, or of the thread that keeps them, and made again. */
  putOff = 0;
  /** What the platform's side of the assumptions came to. */
  late: Lateness = { worstMs: 0, tooLate: 0 };
  /** Processes that stood still, past their deadline check, for longer than the assumptions allow. */
  stoppedTooLong = 0;
  readonly cells = new Map<string, Cell>();
  readonly faultsByKind = new Map<string, number>();
  /** Of the emulator's log. */
  seenThrough = 0;
  kills = 0;
  lives = 0;
  duplicates = 0;
  faults = 0;
  writeFaults = 0;
  countFaults = 0;
  countsCutAfterEffect = 0;
  requests = 0;
  reads = 0;
  /** Most requests of one user that were open at once. */
  parallel = 0;

  saw(rows: readonly SeenRequest[]): void {
    const open = new Map<string, number>();
    for (const { operation, user = "", counts, fault, open: isOpen } of rows) {
      const writes = operation === "achievements.write" || operation === "leaderboards.submit";
      if (writes) this.requests += 1;
      if (operation === "achievements.read") this.reads += 1;
      if (writes && isOpen) open.set(user, (open.get(user) ?? 0) + 1);
      if (fault === undefined) continue;
      this.faults += 1;
      this.faultsByKind.set(fault, (this.faultsByKind.get(fault) ?? 0) + 1);
      if (writes) this.writeFaults += 1;
      if (counts) this.countFaults += 1;
      if (counts && fault === "resetAfter") this.countsCutAfterEffect += 1;
    }
    this.parallel = Math.max(this.parallel, ...open.values());
  }

  /** A process was killed: at a named point, or by the clock. */
  killed(point: KillPoint | undefined, theme: string, outbox: number): Cell {
    this.kills += 1;
    if (point !== undefined) this.byPoint[point] += 1;
    const key = `${point ?? "wall clock"}\n${theme}`;
    const cell = this.cells.get(key) ?? { runs: 0, verdicts: 0, outboxes: new Set() };
    this.cells.set(key, cell);
    cell.runs += 1;
    cell.outboxes.add(outbox);
    return cell;
  }

  /** A process struck itself. */
  ambushed({ point, does }: Pick<Ambush, "point" | "does">): void {
    if (does === "exit" || does === "throw") this.troubles.threads += 1;
    if (does !== "stop") return;
    if (point === "stage:after-commit") this.stops.beforeTheCheck += 1;
    else this.stops.afterTheCheck += 1;
  }

  /** Requests and pauses for which an assumption of the promise did not hold: such a run says nothing. */
  get invalid(): number {
    return this.late.tooLate + this.stoppedTooLong;
  }

  counted(counts: GameCounts): void {
    for (const name of ["ambiguous", "applied", "notApplied", "foreign"] as const) this.counts[name] += counts[name];
  }
}
