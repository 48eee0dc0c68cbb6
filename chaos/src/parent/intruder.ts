import { after, sleep } from "../runtime/time.ts";
import type { IntruderOrders, LifePlan } from "../wire.ts";
import type { GameProcess } from "./game-process.ts";
import type { Processes, Program } from "./processes.ts";

/** It may wait for the file; so long without it counts as refused. */
const WAITS_MS = 1_000;

/** A second process that wants the file of a running game. */
export class Intruder {
  readonly #program: Program<IntruderOrders, unknown>;

  constructor(processes: Processes, plan: LifePlan) {
    this.#program = processes.start("../game/intruder.ts", { CHAOS_LIFE: JSON.stringify(plan) });
  }

  /** Whether it got the file while the game held it; undefined when the game was gone by then. It is gone in the end. */
  async tryToOpen(game: GameProcess, patienceMs: number): Promise<boolean | undefined> {
    const cancel = after(patienceMs, () => this.#program.signal("SIGKILL"));
    try {
      await this.#program.ready;
      const intrusion = await Promise.race([this.#program.ask("open"), sleep(WAITS_MS)]);
      // Answered after the other one had its say: so the game was still there.
      await game.ask("tellCounts");
      return intrusion?.opened === true;
    } catch {
      return undefined;
    } finally {
      cancel();
      this.#program.signal("SIGKILL");
      await this.#program.ended;
    }
  }
}
