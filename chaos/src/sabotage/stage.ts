import { truncateSync } from "node:fs";
import { announcementProblems } from "../ledger/announcements.ts";
import { compare, type Finding } from "../ledger/compare.ts";
import { fold } from "../ledger/fold.ts";
import { Ledger } from "../ledger/ledger.ts";
import { GameProcess } from "../parent/game-process.ts";
import { type Platform, readBooks } from "../parent/platform.ts";
import type { Processes } from "../parent/processes.ts";
import { app } from "../plan/catalogue.ts";
import type { PlannedEvent } from "../plan/events.ts";
import { userId } from "../plan/matches.ts";
import { sleep, until } from "../runtime/time.ts";
import type { Settings } from "../settings.ts";
import type { Tally } from "../tally.ts";
import type { KillPoint, LifePlan, TwoIncarnationsOrders } from "../wire.ts";

export interface StageParts {
  readonly folder: string;
  readonly settings: Settings;
  /** Of its games. */
  readonly quietMs: number;
  readonly processes: Processes;
  readonly platform: Platform;
  readonly tally: Tally;
  /** What the games of this scenario are broken by; empty for the sound ones. */
  readonly defect: Pick<LifePlan, "sabotage" | "storeSabotage">;
}

export interface StageEnd {
  readonly findings: readonly Finding[];
  readonly problems: readonly string[];
}

/** Where a directed scenario plays: one file, a few users, no chance. */
export class Stage {
  readonly ledger: Ledger;
  readonly platform: Platform;
  readonly users: readonly string[] = [0, 1, 2, 3].map((index) => userId(0, index));
  readonly problems: string[] = [];
  readonly #parts: StageParts;
  readonly #database: string;
  readonly #dead = new Set<string>();

  constructor(parts: StageParts) {
    this.#parts = parts;
    this.platform = parts.platform;
    this.ledger = new Ledger(`${parts.folder}/ledger.ndjson`);
    this.#database = `${parts.folder}/outbox.db`;
  }

  async open(): Promise<void> {
    for (const user of this.users) {
      await this.platform.ask("addUser", { alias: `player-${user}`, ids: { [app.id]: user } });
    }
  }

  /** A game process, sound or broken, ready for reports. */
  async start(own: Partial<LifePlan> = {}): Promise<GameProcess> {
    const { processes, platform, tally, defect, settings } = this.#parts;
    const { leaseMs, timeoutMs, windowMs, stoppedMs } = settings;
    const { quietMs } = this.#parts;
    const plan: LifePlan = {
      graphUrl: platform.url,
      app,
      database: this.#database,
      ...{ quietMs, leaseMs, timeoutMs, windowMs, ambushes: [], clockJumps: [], ...defect, ...own },
    };
    const game = new GameProcess({
      processes,
      ledger: this.ledger,
      plan,
      stoppedMs,
      onTokenWanted: () => {},
      onCounts: (more) => tally.counted(more),
      onAmbush: (ambush) => tally.ambushed(ambush),
      onContinued: () => {},
    });
    tally.lives += 1;
    await game.ready;
    return game;
  }

  /** Waits for what the play needs; only a machine that is very busy makes anybody wait as long as a whole run drains. */
  until(holds: () => boolean | Promise<boolean>, everyMs: number): Promise<boolean> {
    return until(holds, this.#parts.settings.drainMs, everyMs);
  }

  /** Resolves when all of it is acknowledged, or the process is gone. */
  async report(game: GameProcess, events: readonly PlannedEvent[]): Promise<void> {
    await this.tell(game, events);
    await this.until(() => !game.alive || this.ledger.openCount === 0, 5);
  }

  /** Reports it, and waits for nothing. */
  async tell(game: GameProcess, events: readonly PlannedEvent[]): Promise<void> {
    for (const event of events) this.ledger.plan(event);
    await game.ask("report", events).catch(() => {});
  }

  /** Whatever an earlier process did not acknowledge. */
  async reportAgain(game: GameProcess): Promise<void> {
    await game.ask("report", this.ledger.open);
    await this.until(() => this.ledger.openCount === 0, 5);
  }

  /** `kill -9`, or waiting for the process to do that itself. */
  async death(game: GameProcess, by: "us" | "itself"): Promise<void> {
    if (by === "us") game.signal("SIGKILL");
    const how = await game.ended();
    if (how !== "SIGKILL") this.problems.push(`a game process ended with ${how} instead of a kill`);
    this.#parts.tally.killed(game.killedAt, "directed", 0);
  }

  /** Waits until the process holds its delivering thread there, and its main thread has done all it had been asked before. */
  async held(game: GameProcess, point: KillPoint): Promise<void> {
    const isHeld = await this.until(() => game.held.has(point), 5);
    if (!isHeld) this.problems.push(`a game process did not come to ${point}`);
    await game.ask("tellCounts");
  }

  /** What a power cut leaves: nothing of the write-ahead log that no fsync covered. */
  cutPower(game: GameProcess): void {
    truncateSync(`${this.#database}-wal`, game.syncedBytes);
  }

  /** Two incarnations over one shared store, the first of which is taken for dead and ends its lease late. */
  async lateSettle(): Promise<StageEnd> {
    const { processes, defect } = this.#parts;
    const program = processes.start<TwoIncarnationsOrders, unknown>("../game/two-incarnations.ts", {});
    await program.ready;
    const { lateEndHeld, ownEndHeld } = await program.ask("play", defect.storeSabotage ?? {});
    if (lateEndHeld) this.problems.push("a lease that was lost could still be ended");
    if (!ownEndHeld) this.problems.push("the lease that held could not be ended any more");
    return { findings: [], problems: this.problems };
  }

  async close(game: GameProcess): Promise<void> {
    await game.ask("close");
    game.signal("SIGTERM");
    await game.ended();
  }

  /**
   * Lets the last process deliver what is owed; stops early at the first effect too many, unless somebody else adds
   * effects in this scenario.
   */
  async end(game: GameProcess, { alone = true }: { readonly alone?: boolean } = {}): Promise<StageEnd> {
    const status = { owed: 0, dead: 0 };
    await game.ask("hurry");
    await this.until(async () => {
      Object.assign(status, await game.ask("status"));
      if (status.owed === 0) return true;
      return alone && (await this.#findings(game)).some(({ doubled }) => doubled > 0);
    }, 25);
    // An effect that comes late shows now.
    await sleep(this.#parts.settings.quietMs);
    const announced = await game.ask("announced", this.users);
    await game.ask("tellCounts");
    const findings = await this.#findings(game);
    if (findings.length === 0) {
      this.problems.push(...announcementProblems(await readBooks(this.platform), announced));
      if (status.owed > 0) this.problems.push(`${status.owed} lanes are still owed`);
    }
    game.signal("SIGKILL");
    await game.ended();
    return { findings, problems: this.problems };
  }

  /** What a dead letter holds is not lost. */
  async #findings(game: GameProcess): Promise<readonly Finding[]> {
    for (const { user, target } of game.dead) this.#dead.add(`${user} ${target}`);
    const actual = await readBooks(this.platform);
    return compare(fold(this.ledger.planned), actual).filter(
      ({ user, target }) => !this.#dead.has(`${user} ${target}`),
    );
  }
}
