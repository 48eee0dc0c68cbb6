import { Ledger } from "../ledger/ledger.ts";
import { app } from "../plan/catalogue.ts";
import { themeFault } from "../plan/fault-mix.ts";
import type { Life, LifePlanner } from "../plan/lives.ts";
import { matchEvents, userId, USERS_AT_ONCE, usersBy } from "../plan/matches.ts";
import { type Random, seededRandom } from "../runtime/random.ts";
import { after, every, sleep, untilNone } from "../runtime/time.ts";
import type { Settings } from "../settings.ts";
import type { Cell, Tally } from "../tally.ts";
import type { AnnouncedUnlock, LifePlan } from "../wire.ts";
import { GameProcess } from "./game-process.ts";
import { Intruder } from "./intruder.ts";
import type { Platform } from "./platform.ts";
import type { Processes } from "./processes.ts";
import type { SmallDisk } from "./small-disk.ts";
import { Tokens } from "./tokens.ts";

export interface OutboxParts {
  readonly index: number;
  readonly seed: number;
  readonly folder: string;
  readonly settings: Settings;
  /** Where its file lies, if that is not `folder`. */
  readonly disk?: SmallDisk | undefined;
  readonly processes: Processes;
  readonly platform: Platform;
  readonly planner: LifePlanner;
  readonly tally: Tally;
  /** Whether another life may still be killed. */
  readonly mayKill: () => boolean;
  /** Whether enough has happened in the whole run. */
  readonly enough: () => boolean;
}

export interface OutboxEnd {
  readonly owed: number;
  readonly dead: number;
  readonly announced: readonly AnnouncedUnlock[];
}

const MOST_UNACKNOWLEDGED = 400;
/** Half of the games keep their players' tokens across lives. */
const TOKEN_KEY = "ab".repeat(32);
const REPORTED_AGAIN = 0.2;
const GUARD_EVERY_MS = 500;
const PUT_OFF_MS = 200;
/** What was on its way when something ended has come by then. */
const AFTERMATH_MS = 250;

/** One file, its users, and the game processes that serve them one after another. */
export class Outbox {
  readonly ledger: Ledger;
  readonly problems: string[] = [];
  readonly #parts: OutboxParts;
  readonly #random: Random;
  readonly #tokens: Tokens;
  #matches = 0;
  #users = 0;
  /** Its disk is full, or was a moment ago. */
  #isFull = false;
  /** Filled by the life that follows. */
  #lastCell: Cell | undefined;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    this.#random = seededRandom(parts.seed, parts.index, 5);
    this.ledger = new Ledger(`${parts.folder}/ledger-${parts.index}.ndjson`);
    this.#tokens = new Tokens(parts.platform);
  }

  /** Lives one process after another until enough has happened. */
  async play(): Promise<void> {
    const { planner, mayKill, enough } = this.#parts;
    while (!enough()) await this.#live(mayKill() ? planner.doomed() : planner.spared());
  }

  /** Without faults and kills: delivers everything that is owed, then ends in good order. */
  async finish(): Promise<OutboxEnd> {
    const { settings } = this.#parts;
    const game = this.#start({ ambushes: [], clockJumps: [], trouble: {} });
    await game.ready;
    await this.#greet(game);
    await this.#lastFullDisk(game);
    const acknowledged = await untilNone(() => this.ledger.openCount, settings.drainMs, 50);
    if (!acknowledged) this.problems.push(`${this.ledger.openCount} reports were never acknowledged`);
    await game.ask("hurry");
    const status = { owed: 0, dead: 0 };
    await untilNone(async () => Object.assign(status, await game.ask("status")).owed, settings.drainMs, 100);
    const users = Array.from({ length: this.#users }, (_, index) => userId(this.#parts.index, index));
    const announced = await game.ask("announced", users);
    await game.ask("close");
    game.signal("SIGTERM");
    await game.ended();
    this.#account(game);
    return { ...status, announced };
  }

  async #live(life: Life): Promise<void> {
    const { tally, planner, index } = this.#parts;
    tally.lives += 1;
    const themed = await this.#plantTheme(life);
    const game = this.#start(life);
    const cancels = this.#attack(game, life);
    const intruding = this.#intrude(game, life);
    const playing = this.#play(game);
    const how = await game.ended();
    for (const cancel of cancels) cancel();
    await playing;
    await intruding;
    this.ledger.lifeEnded();
    await this.#parts.platform.ask("removeFaults", themed);
    this.#account(game);
    if (how === "SIGKILL") {
      this.#lastCell = tally.killed(game.killedAt, life.theme.name, index);
      if (life.point !== undefined && game.killedAt === undefined) planner.missed(life.point);
    } else if (game.unopened !== undefined && this.#parts.disk !== undefined) {
      // It could not even begin on a full disk; whoever runs it starts it again.
      await sleep(100);
    } else if (how !== "SIGTERM") {
      throw new Error(`a game process ended by itself, with ${how}`);
    }
  }

  #start(life: Pick<Life, "ambushes" | "clockJumps" | "trouble">): GameProcess {
    const { processes, tally, settings } = this.#parts;
    const longestPauseMs = settings.leaseMs + settings.quietMs;
    if (life.trouble.wallOffsetMs !== undefined) tally.troubles.clocks += 1;
    const game = new GameProcess({
      processes,
      ledger: this.ledger,
      plan: this.#planOf(life),
      stoppedMs: settings.stoppedMs,
      onTokenWanted: (user) => void this.#tokens.give(game, user),
      onCounts: (more) => tally.counted(more),
      onAmbush: (ambush) => tally.ambushed(ambush),
      onContinued: (ms, where) => {
        // Staged and not checked yet, it may pause for as long as it likes.
        if (where !== "stage:after-commit" && ms > longestPauseMs) tally.stoppedTooLong += 1;
      },
      onLeap: () => (tally.leaps += 1),
      putsOff: () => {
        const isExcused = this.#isFull || game.threadDied;
        if (isExcused) tally.putOff += 1;
        return isExcused;
      },
    });
    return game;
  }

  #planOf({ ambushes, clockJumps, trouble }: Pick<Life, "ambushes" | "clockJumps" | "trouble">): LifePlan {
    const { platform, folder, disk, index, settings } = this.#parts;
    const { quietMs, leaseMs, timeoutMs, windowMs } = settings;
    return {
      graphUrl: platform.url,
      app,
      database: `${disk?.folder ?? folder}/outbox-${index}.db`,
      ...{ quietMs, leaseMs, timeoutMs, windowMs, ambushes, clockJumps },
      ...(index % 2 === 0 ? {} : { tokenKey: TOKEN_KEY }),
      wallOffsetMs: trouble.wallOffsetMs,
    };
  }

  /** Kills, stops and continues by the parent's clock. */
  #attack(game: GameProcess, { kill, stop, trouble }: Life): readonly (() => void)[] {
    const cancels: (() => void)[] = [];
    if (kill !== undefined) {
      const strike = (): unknown => cancels.push(after(kill.afterMs, () => game.signal("SIGKILL")));
      if (kill.since === "start") strike();
      else void game.ready.then(strike, () => {});
    }
    if (stop !== undefined) {
      const pause = (): void => {
        this.#parts.tally.stops.byClock += 1;
        cancels.push(game.stop(stop.forMs));
      };
      cancels.push(after(stop.afterMs, pause));
    }
    const { fullDisk } = trouble;
    const { disk } = this.#parts;
    if (fullDisk !== undefined && disk !== undefined) {
      cancels.push(after(fullDisk.afterMs, () => void this.#fillDisk(disk, fullDisk.forMs)));
    }
    cancels.push(this.#guard(game));
    return cancels;
  }

  /** A process that neither starts nor closes would keep the run from ending. */
  #guard(game: GameProcess): () => void {
    const { enough, settings } = this.#parts;
    let patience = settings.patienceMs;
    let isReady = false;
    game.ready.then(
      () => (isReady = true),
      () => {},
    );
    return every(GUARD_EVERY_MS, () => {
      if (isReady && !enough()) patience = settings.patienceMs;
      else patience -= GUARD_EVERY_MS;
      if (patience > 0) return;
      patience = settings.patienceMs;
      this.problems.push(`a game process did not ${isReady ? "close" : "start"} within ${settings.patienceMs} ms`);
      game.signal("SIGKILL");
    });
  }

  async #fillDisk(disk: SmallDisk, forMs: number): Promise<void> {
    if (this.#isFull) return;
    this.#isFull = true;
    this.#parts.tally.troubles.disk += 1;
    this.ledger.write({ type: "disk full", forMs });
    disk.fill();
    await sleep(forMs);
    disk.free();
    this.ledger.write({ type: "disk free" });
    // Refusals are still on their way.
    await sleep(AFTERMATH_MS);
    this.#isFull = false;
  }

  /** What a full disk strands must come loose by itself: this process is the last one. */
  async #lastFullDisk(game: GameProcess): Promise<void> {
    const { disk } = this.#parts;
    if (disk === undefined) return;
    for (let matches = 0; matches < 10; matches += 1) await this.#playMatch(game);
    await this.#fillDisk(disk, 1_000);
    const leftOpen = async (): Promise<number> => {
      if (this.ledger.putOffCount > 0) await game.ask("report", this.ledger.open);
      return this.ledger.openCount;
    };
    await untilNone(leftOpen, this.#parts.settings.drainMs, PUT_OFF_MS);
  }

  /** The game copies its own file, and somebody else tries to open it. */
  async #intrude(game: GameProcess, { trouble }: Life): Promise<void> {
    const { copyAfterMs } = trouble;
    if (copyAfterMs === undefined) return;
    const { processes, tally, settings } = this.#parts;
    const plan = { ...this.#planOf({ ambushes: [], clockJumps: [], trouble: {} }) };
    try {
      await game.ready;
      await sleep(copyAfterMs);
      await game.ask("copyFile", `${this.#parts.folder}/copy-${this.#parts.index}.db`);
      const opened = await new Intruder(processes, plan).tryToOpen(game, settings.patienceMs);
      if (opened === undefined) return;
      tally.troubles.copies += 1;
      if (opened) this.problems.push("a second process opened the file of a running game, which had copied it");
    } catch {
      // The game died before it could.
    }
  }

  /** Feeds it matches for as long as it lives; when enough has happened, lets it close. */
  async #play(game: GameProcess): Promise<void> {
    try {
      await game.ready;
      await this.#greet(game);
      while (game.alive && !this.#parts.enough()) {
        const isPutOff = this.ledger.putOffCount > 0;
        // What was refused is reported again before anything new is.
        if (isPutOff && !this.#isFull) await game.ask("report", this.ledger.open);
        else if (this.ledger.openCount < MOST_UNACKNOWLEDGED) await this.#playMatch(game);
        await sleep(isPutOff ? PUT_OFF_MS : this.#parts.settings.pauseMs);
      }
      if (game.alive) await game.ask("close");
      if (game.alive) game.signal("SIGTERM");
    } catch (error) {
      // It was killed in between, as a rule; `ended` says how.
      await sleep(AFTERMATH_MS);
      if (!game.alive) return;
      this.problems.push(`a game process took an order badly: ${error instanceof Error ? error.message : error}`);
      game.signal("SIGKILL");
    }
  }

  /** What a process that takes over is told: who is there, and what nobody acknowledged. */
  async #greet(game: GameProcess): Promise<void> {
    const open = this.ledger.open;
    if (open.length > 0) await game.ask("report", open);
    const first = Math.max(0, this.#users - USERS_AT_ONCE);
    for (let index = first; index < this.#users; index += 1) {
      void this.#tokens.give(game, userId(this.#parts.index, index));
    }
  }

  async #playMatch(game: GameProcess): Promise<void> {
    const { seed, index } = this.#parts;
    await this.#welcome(game, usersBy(this.#matches));
    const events = matchEvents(seed, index, this.#matches);
    this.#matches += 1;
    for (const event of events) this.ledger.plan(event);
    const asked = game.ask("report", events);
    if (this.#random.next() < REPORTED_AGAIN) {
      const earlier = this.#random.whole(Math.max(0, this.#matches - 30), this.#matches - 1);
      void game.ask("report", matchEvents(seed, index, earlier));
    }
    if (this.#random.next() < 0.01) await this.#tokens.revoke(userId(index, this.#users - 1));
    await asked;
  }

  async #welcome(game: GameProcess, users: number): Promise<void> {
    for (; this.#users < users; this.#users += 1) {
      const user = userId(this.#parts.index, this.#users);
      await this.#parts.platform.ask("addUser", { alias: `player-${user}`, ids: { [app.id]: user } });
      void this.#tokens.give(game, user);
    }
  }

  async #plantTheme({ theme }: Life): Promise<readonly string[]> {
    const first = Math.max(0, this.#users - USERS_AT_ONCE);
    const users = Array.from({ length: USERS_AT_ONCE + 2 }, (_, n) => userId(this.#parts.index, first + n));
    return Promise.all(users.map((user) => this.#parts.platform.ask("fault", themeFault(theme, user))));
  }

  #account(game: GameProcess): void {
    const { tally } = this.#parts;
    tally.duplicates += game.duplicates;
    if (this.#lastCell !== undefined) this.#lastCell.verdicts += game.counts.applied + game.counts.notApplied;
    this.#lastCell = undefined;
    this.problems.push(...game.dead.map(({ user, target, reason }) => `${user} ${target} was given up on: ${reason}`));
  }
}
