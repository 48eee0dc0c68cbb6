import type { BotOrders, BotPlan, GameOrders, GameStatus, Received } from "../wire.ts";
import type { DemoArguments } from "./arguments.ts";
import type { Ledger } from "./ledger.ts";
import type { Platform } from "./platform.ts";
import type { Processes, Program } from "./processes.ts";
import { app, type DemoPlayer, ROOMS } from "./seed.ts";

export interface ArenaParts {
  readonly options: DemoArguments;
  readonly players: readonly DemoPlayer[];
  readonly platform: Platform;
  readonly processes: Processes;
  readonly ledger: Ledger;
  /** The game's SQLite file. */
  readonly database: string;
}

const nothing: GameStatus = { merged: 0, suppressed: 0, delivered: 0, owed: 0, dead: 0 };

/** The game server and its players, each in a process; the game may be killed and started again on the same file. */
export class Arena {
  readonly #parts: ArenaParts;
  readonly #bots: Program<BotOrders, object>;
  #game: Program<GameOrders, { port: number }>;
  #ledgerRead: Promise<void>;
  #url = "";
  /** Of the game processes that are gone. */
  #before = nothing;
  #last = nothing;
  #restarts = 0;

  constructor(parts: ArenaParts) {
    this.#parts = parts;
    const { options, players, platform, processes } = parts;
    const plan: BotPlan = { seed: options.seed, emulatorUrl: platform.control.url, appId: app.id, players };
    this.#bots = processes.start({ name: "players", file: "../bots/bots.ts", env: { BOT_PLAN: JSON.stringify(plan) } });
    [this.#game, this.#ledgerRead] = this.#startGame();
  }

  /** Where the game server listens. */
  get url(): string {
    return this.#url;
  }

  /** Game servers that were ended and followed by another. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves when everybody is in a room. */
  async open(): Promise<void> {
    const { port } = await this.#game.ready;
    this.#url = `http://127.0.0.1:${port}`;
    await this.#bots.ready;
    await this.#bots.ask("play", this.#url);
  }

  /**
   * Ends the game server and starts another one on the same file, which reports again whatever was not acknowledged, and
   * all of the match in which it happened, acknowledged or not.
   */
  async restart(signal: "SIGKILL" | "SIGTERM", match: string): Promise<void> {
    this.#restarts += 1;
    await this.#game.kill(signal);
    await this.#ledgerRead;
    this.#before = sum(this.#before, this.#last);
    this.#last = nothing;
    [this.#game, this.#ledgerRead] = this.#startGame();
    await this.#game.ready;
    const { ledger } = this.#parts;
    await this.#game.ask("report", [...ledger.unacknowledged(), ...ledger.eventsOf(match)]);
    await this.open();
  }

  flush(): Promise<void> {
    return this.#game.ask("flush");
  }

  /** Counts of all game processes together; debts of the one that runs. */
  async status(): Promise<GameStatus> {
    this.#last = await this.#game.ask("status");
    return { ...sum(this.#before, this.#last), owed: this.#last.owed, dead: this.#last.dead };
  }

  received(): Promise<Received> {
    return this.#bots.ask("received");
  }

  /** Lets the game close its file; the rest may be killed. */
  close(): Promise<void> {
    return this.#game.ask("close");
  }

  #startGame(): [Program<GameOrders, { port: number }>, Promise<void>] {
    const { options, platform, processes, ledger, database } = this.#parts;
    const game = processes.start<GameOrders, { port: number }>({
      name: "game server",
      file: "../game/game.ts",
      env: {
        META_APP_ID: app.id,
        META_APP_SECRET: app.secret,
        GRAPH_URL: platform.graphUrl,
        QUESTLINE_DB: database,
        QUESTLINE_QUIET_MS: String(options.quietMs),
        ARENA_PLAYERS: String(options.players),
        ARENA_SEED: String(options.seed),
        ARENA_ROUNDS: this.#roundsLeft().join(","),
        ARENA_LEDGER: "fd3",
        ARENA_QUIET: makesTrouble(options) ? "1" : "0",
        ...(options.sabotage === undefined ? {} : { ARENA_SABOTAGE: options.sabotage }),
      },
    });
    return [game, ledger.read(game.handedOver)];
  }

  /** For each room; a match that was cut off is played again as another one. */
  #roundsLeft(): number[] {
    const { options, players, ledger } = this.#parts;
    const roomOf = new Map(players.map(({ user, arena }) => [user, arena]));
    const rounds = Array.from({ length: ROOMS }, (_, room) => Math.ceil((options.matches - room) / ROOMS));
    for (const users of ledger.endedMatches(options.players)) {
      const [user = ""] = users;
      const room = roomOf.get(user) ?? 0;
      rounds[room] = (rounds[room] ?? 0) - 1;
    }
    return rounds.map((left) => Math.max(0, left));
  }
}

/** Failures of this run are meant: a warning for each would bury the progress. */
function makesTrouble({ chaos, kill, sabotage, graphUrl }: DemoArguments): boolean {
  return (chaos ?? 0) > 0 || kill || sabotage !== undefined || graphUrl !== undefined;
}

function sum(one: GameStatus, other: GameStatus): GameStatus {
  return {
    merged: one.merged + other.merged,
    suppressed: one.suppressed + other.suppressed,
    delivered: one.delivered + other.delivered,
    owed: other.owed,
    dead: other.dead,
  };
}
