import { join } from "node:path";
import { every, now, sleep } from "../runtime/timers.ts";
import type { GameStatus } from "../wire.ts";
import { Arena } from "./arena.ts";
import type { DemoArguments } from "./arguments.ts";
import { type ActualWorld, compare } from "./compare.ts";
import { plantFaults } from "./faults.ts";
import { Ledger } from "./ledger.ts";
import { openPlatform, type Platform } from "./platform.ts";
import type { Processes } from "./processes.ts";
import { demoPlayers, type DemoPlayer, demoSeed } from "./seed.ts";
import { planTrouble } from "./trouble.ts";

/** The object that `--json` prints. */
export interface Totals {
  readonly matches: number;
  readonly players: number;
  readonly events: number;
  readonly intents: number;
  readonly merged: number;
  readonly suppressed: number;
  readonly requests: number;
  readonly reads: number;
  readonly identity: number;
  readonly delivered: number;
  readonly faults: number;
  /** Game servers that were ended and followed by another. */
  readonly restarts: number;
  /** Notices that reached players, and fresh tokens they were asked for. */
  readonly unlocked: number;
  readonly recorded: number;
  readonly tokens: number;
  readonly owed: number;
  readonly dead: number;
  readonly lost: number;
  readonly doubled: number;
  readonly seed: number;
  readonly chaos: number;
  readonly quietMs: number;
  readonly seconds: number;
}

export interface DemoResult {
  readonly totals: Totals;
  readonly world: ActualWorld;
  readonly players: readonly DemoPlayer[];
  /** What is wrong, for a person; empty when all is well. */
  readonly problems: readonly string[];
  readonly platformUrl: string;
  readonly gameUrl: string;
  /** Lets the game close its outbox; afterwards nothing plays any more. */
  close(): Promise<void>;
}

export interface Progress {
  readonly seconds: number;
  readonly matches: number;
  readonly events: number;
  readonly requests: number;
  readonly owed: number;
}

export interface RunParts {
  readonly options: DemoArguments;
  readonly processes: Processes;
  /** For the game's file and, unless a place is given, the ledger. */
  readonly folder: string;
  onProgress(progress: Progress): void;
}

/** Plays the whole demo. Rejects when a process fails, with an ArgumentsError when the ledger cannot be written. */
export async function run({ options, processes, folder, onProgress }: RunParts): Promise<DemoResult> {
  const started = now();
  const ledger = new Ledger(options.ledger ?? join(folder, "ledger.ndjson"));
  const players = demoPlayers(options.players);
  const platform = await openPlatform(options, processes);
  await platform.control.reset(demoSeed(players));
  await plantFaults(options, platform.control);

  const arena = new Arena({ options, players, platform, processes, ledger, database: join(folder, "questline.db") });
  const trouble = planTrouble({ options, players, ledger, arena, control: platform.control });
  const watch = every(1_000, () => progressOf().then(onProgress, () => {}));
  async function progressOf(): Promise<Progress> {
    const [{ owed }, { writes: requests }] = await Promise.all([arena.status(), platform.control.summary()]);
    const matches = ledger.endedMatches(options.players).length;
    return { seconds: (now() - started) / 1_000, matches, events: ledger.events, requests, owed };
  }

  await Promise.race([arena.open(), trouble.failure]);
  while (ledger.endedMatches(options.players).length < options.matches) {
    await Promise.race([sleep(25), trouble.failure]);
  }
  await trouble.over();
  const status = await drain(arena, ledger, options.quietMs);
  watch();
  return judge({ options, players, platform, ledger, arena, status, started });
}

/** Waits for everything to be acknowledged and delivered, at most ten quiet periods. */
async function drain(arena: Arena, ledger: Ledger, quietMs: number): Promise<GameStatus> {
  const deadline = now() + 10 * quietMs;
  arena.flush().catch(() => {});
  for (;;) {
    const status = await arena.status();
    if (now() >= deadline || (status.owed === 0 && ledger.unacknowledged().length === 0)) return status;
    await sleep(50);
  }
}

interface Evidence {
  readonly options: DemoArguments;
  readonly players: readonly DemoPlayer[];
  readonly platform: Platform;
  readonly ledger: Ledger;
  readonly arena: Arena;
  readonly status: GameStatus;
  readonly started: number;
}

async function judge({ options, players, platform, ledger, arena, status, started }: Evidence): Promise<DemoResult> {
  const { control } = platform;
  const [planned, accepted] = [ledger.planned(), ledger.accepted()];
  const [world, summary, verified, received] = await Promise.all([
    control.world(),
    control.summary(),
    control.tokensVerified(),
    arena.received(),
  ]);
  const { lost, doubled, findings } = compare(planned, accepted, world);
  const asked = (operation: string): number => summary.byOperation[operation]?.total ?? 0;
  const twice = [...verified.values()].filter((times) => times > 1).length;
  const { merged, suppressed, delivered, owed, dead } = status;
  const totals: Totals = {
    matches: ledger.endedMatches(options.players).length,
    players: players.length,
    events: planned.events,
    intents: accepted.firings,
    merged,
    suppressed,
    requests: summary.writes,
    reads: asked("achievements.read"),
    identity: asked("users.me") + asked("users.get"),
    delivered,
    faults: summary.faults,
    restarts: arena.restarts,
    ...received,
    owed,
    dead,
    lost,
    doubled,
    seed: options.seed,
    chaos: options.chaos ?? 0,
    quietMs: options.quietMs,
    seconds: Math.round((now() - started) / 100) / 10,
  };
  const problems = [
    ...findings,
    ...ledger.refused.map((refusal) => `refused: ${refusal}`),
    ...(owed > 0 ? [`${owed} lanes still owed after ten quiet periods`] : []),
    ...(dead > 0 ? [`${dead} values given up on`] : []),
    ...(twice > 0 ? [`${twice} tokens were verified more than once`] : []),
  ];
  return { totals, world, players, problems, platformUrl: control.url, gameUrl: arena.url, close: () => arena.close() };
}
