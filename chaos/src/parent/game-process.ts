import { createInterface } from "node:readline";
import type { Ledger } from "../ledger/ledger.ts";
import { after } from "../runtime/time.ts";
import type { GameCounts, GameOrders, KillPoint, LifePlan, Told } from "../wire.ts";
import type { Processes, Program } from "./processes.ts";

export interface GameProcessParts {
  readonly processes: Processes;
  readonly ledger: Ledger;
  readonly plan: LifePlan;
  /** How long a process that stopped itself stays so: longer than its lease where it stopped before the check. */
  readonly stoppedMs: Readonly<Record<"stage:after-commit" | "request:written", number>>;
  readonly onTokenWanted: (user: string) => void;
  /** What has been added to its counts since it last told them. */
  readonly onCounts: (more: GameCounts) => void;
  readonly onStop: (point: KillPoint) => void;
}

/** One life of the game under test, as far as it can be seen from outside. */
export class GameProcess {
  readonly #program: Program<GameOrders, unknown>;
  readonly #parts: GameProcessParts;
  readonly #heard: Promise<void>;
  #alive = true;
  readonly unlocked: { readonly user: string; readonly achievement: string }[] = [];
  readonly dead: { readonly user: string; readonly target: string; readonly reason: string }[] = [];
  /** Of the write-ahead log, if it watches that. */
  syncedBytes = 0;
  duplicates = 0;
  counts: GameCounts = { ambiguous: 0, applied: 0, notApplied: 0, foreign: 0 };
  /** Where it announced that it kills itself. */
  killedAt: KillPoint | undefined;

  constructor(parts: GameProcessParts) {
    this.#parts = parts;
    this.#program = parts.processes.start("../game/game.ts", { CHAOS_LIFE: JSON.stringify(parts.plan) });
    this.#heard = this.#listen();
    void this.#program.ended.then(() => (this.#alive = false));
  }

  get alive(): boolean {
    return this.#alive;
  }

  get ready(): Promise<unknown> {
    return this.#program.ready;
  }

  get ask(): Program<GameOrders, unknown>["ask"] {
    return this.#program.ask;
  }

  get signal(): Program<GameOrders, unknown>["signal"] {
    return this.#program.signal;
  }

  /** How it ended, once everything it told before is read. */
  async ended(): Promise<NodeJS.Signals | number | null> {
    const how = await this.#program.ended;
    await this.#heard;
    return how;
  }

  async #listen(): Promise<void> {
    for await (const line of createInterface({ input: this.#program.told, crlfDelay: Infinity })) {
      const told = parse(line);
      if (told !== undefined) this.#take(told);
    }
  }

  #count(counts: GameCounts): void {
    const { ambiguous, applied, notApplied, foreign } = this.counts;
    this.counts = counts;
    this.#parts.onCounts({
      ambiguous: counts.ambiguous - ambiguous,
      applied: counts.applied - applied,
      notApplied: counts.notApplied - notApplied,
      foreign: counts.foreign - foreign,
    });
  }

  #take(told: Told): void {
    const { ledger, stoppedMs, onTokenWanted } = this.#parts;
    switch (told.t) {
      case "ack":
        if (told.status === "duplicate") this.duplicates += 1;
        return ledger.acknowledge(told.key, told.status);
      case "refused":
        return ledger.refuse(told.key, told.reason);
      case "counts":
        return this.#count(told);
      case "unlocked":
        this.unlocked.push(told);
        return ledger.write({ type: "unlocked", user: told.user, achievement: told.achievement });
      case "dead":
        this.dead.push(told);
        return undefined;
      case "synced":
        this.syncedBytes = told.bytes;
        return undefined;
      case "token":
        return onTokenWanted(told.user);
      case "at": {
        ledger.write({ type: told.does, point: told.point });
        if (told.does === "kill") {
          this.killedAt = told.point;
          return undefined;
        }
        this.#parts.onStop(told.point);
        after(stoppedMs[told.point as keyof typeof stoppedMs] ?? 200, () => this.#program.signal("SIGCONT"));
      }
    }
  }
}

/** A process that is killed while it writes leaves half a line. */
function parse(line: string): Told | undefined {
  try {
    return JSON.parse(line) as Told;
  } catch {
    return undefined;
  }
}
