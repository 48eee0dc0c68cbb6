import { createInterface } from "node:readline";
import type { Ledger } from "../ledger/ledger.ts";
import { after, now } from "../runtime/time.ts";
import type { Ambush, GameCounts, GameOrders, KillPoint, LifePlan, Told } from "../wire.ts";
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
  /** It struck itself, at a named point. */
  readonly onAmbush: (ambush: Pick<Ambush, "point" | "does">) => void;
  /** It was stopped and goes on, after so long. */
  readonly onContinued: (stoppedMs: number, where: KillPoint | undefined) => void;
  readonly onLeap?: () => void;
  /** Whether a report that it refuses may be made again. */
  readonly putsOff?: () => boolean;
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
  /** Why it could not open its file. */
  unopened: string | undefined;
  /** Its delivering thread died, and it lives on. */
  threadDied = false;
  /** Points at which it holds its delivering thread. */
  readonly held = new Set<KillPoint>();

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

  /** Stops it; the returned function lets it go on at once, else it does after so long. */
  stop(forMs: number, where?: KillPoint): () => void {
    const since = now();
    let isStopped = true;
    const go = (): void => {
      if (!isStopped) return;
      isStopped = false;
      this.#program.signal("SIGCONT");
      if (this.#alive) this.#parts.onContinued(now() - since, where);
    };
    // Where it announced a point, it stops itself.
    if (where === undefined) this.#program.signal("SIGSTOP");
    const cancel = after(forMs, go);
    return () => {
      cancel();
      go();
    };
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
    const { ledger, stoppedMs, onTokenWanted, putsOff } = this.#parts;
    switch (told.t) {
      case "ack":
        if (told.status === "duplicate") this.duplicates += 1;
        return ledger.acknowledge(told.key, told.status);
      case "refused":
        return putsOff?.() === true ? ledger.putOff(told.key, told.reason) : ledger.refuse(told.key, told.reason);
      case "unopened":
        this.unopened = told.reason;
        return ledger.write({ type: "unopened", reason: told.reason });
      case "leap":
        ledger.write({ type: "leap", byMs: told.byMs });
        return this.#parts.onLeap?.();
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
        const { point, does } = told;
        ledger.write({ type: does, point });
        if (does === "kill") this.killedAt = point;
        if (does === "exit" || does === "throw") this.threadDied = true;
        if (does === "hold") this.held.add(point);
        if (does === "stop") this.stop(stoppedMs[point as keyof typeof stoppedMs] ?? 200, point);
        return this.#parts.onAmbush(told);
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
