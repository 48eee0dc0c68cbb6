import { Ledger } from "../ledger/ledger.ts";
import { app } from "../plan/catalogue.ts";
import { themeFault } from "../plan/fault-mix.ts";
import type { Life, LifePlanner } from "../plan/lives.ts";
import { matchEvents, userId, USERS_AT_ONCE, usersBy } from "../plan/matches.ts";
import { type Random, seededRandom } from "../runtime/random.ts";
import { after, sleep, until } from "../runtime/time.ts";
import { settings } from "../settings.ts";
import type { Cell, Tally } from "../tally.ts";
import type { AnnouncedUnlock } from "../wire.ts";
import { GameProcess } from "./game-process.ts";
import type { Platform } from "./platform.ts";
import type { Processes } from "./processes.ts";
import { Tokens } from "./tokens.ts";

export interface OutboxParts {
  readonly index: number;
  readonly seed: number;
  readonly folder: string;
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

/** One file, its users, and the game processes that serve them one after another. */
export class Outbox {
  readonly ledger: Ledger;
  readonly problems: string[] = [];
  readonly #parts: OutboxParts;
  readonly #random: Random;
  readonly #tokens: Tokens;
  #matches = 0;
  #users = 0;
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
    const game = this.#start({ ambushes: [], clockJumps: [] });
    await game.ready;
    await this.#greet(game);
    const acknowledged = await until(() => this.ledger.openCount === 0, settings.drainMs, 50);
    if (!acknowledged) this.problems.push(`${this.ledger.openCount} reports were never acknowledged`);
    await game.ask("hurry");
    const status = { owed: 0, dead: 0 };
    await until(async () => Object.assign(status, await game.ask("status")).owed === 0, settings.drainMs, 100);
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
    const playing = this.#play(game);
    const how = await game.ended();
    for (const cancel of cancels) cancel();
    await playing;
    await this.#parts.platform.ask("removeFaults", themed);
    this.#account(game);
    if (how === "SIGKILL") {
      this.#lastCell = tally.killed(game.killedAt, life.theme.name, index);
      if (life.point !== undefined && game.killedAt === undefined) planner.missed(life.point);
    } else if (how !== "SIGTERM") {
      throw new Error(`a game process ended by itself, with ${how}`);
    }
  }

  #start({ ambushes, clockJumps }: Pick<Life, "ambushes" | "clockJumps">): GameProcess {
    const { processes, platform, folder, index, tally } = this.#parts;
    const { quietMs, leaseMs, timeoutMs, windowMs, stoppedMs } = settings;
    const database = `${folder}/outbox-${index}.db`;
    const tokenKey = index % 2 === 0 ? {} : { tokenKey: TOKEN_KEY };
    const times = { quietMs, leaseMs, timeoutMs, windowMs };
    const game = new GameProcess({
      processes,
      ledger: this.ledger,
      plan: { graphUrl: platform.url, app, database, ...times, ambushes, clockJumps, ...tokenKey },
      stoppedMs,
      onTokenWanted: (user) => void this.#tokens.give(game, user),
      onCounts: (more) => tally.counted(more),
      onStop: (point) => tally.stopped(point),
    });
    return game;
  }

  /** Kills, stops and continues by the parent's clock. */
  #attack(game: GameProcess, { kill, stop }: Life): readonly (() => void)[] {
    const cancels: (() => void)[] = [];
    if (kill !== undefined) {
      const strike = (): unknown => cancels.push(after(kill.afterMs, () => game.signal("SIGKILL")));
      if (kill.since === "start") strike();
      else void game.ready.then(strike, () => {});
    }
    if (stop !== undefined) {
      const pause = (): void => {
        this.#parts.tally.stops.byClock += 1;
        game.signal("SIGSTOP");
        cancels.push(after(stop.forMs, () => game.signal("SIGCONT")));
      };
      cancels.push(after(stop.afterMs, pause));
    }
    return cancels;
  }

  /** Feeds it matches for as long as it lives; when enough has happened, lets it close. */
  async #play(game: GameProcess): Promise<void> {
    try {
      await game.ready;
      await this.#greet(game);
      while (game.alive && !this.#parts.enough()) {
        if (this.ledger.openCount < MOST_UNACKNOWLEDGED) await this.#playMatch(game);
        await sleep(settings.pauseMs);
      }
      if (game.alive) await game.ask("close");
      if (game.alive) game.signal("SIGTERM");
    } catch {
      // It was killed in between; `ended` says how.
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
