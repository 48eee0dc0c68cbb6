import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import type { Definitions } from "./delivery/platform.ts";
import { isGraphError } from "./errors/graph-error.ts";
import type { CallOptions } from "./graph/call.ts";
import type { GraphClient } from "./graph/graph-client.ts";
import type { PlatformAchievement } from "./graph/achievement-definitions.ts";
import type { PlatformLeaderboard } from "./graph/leaderboards.ts";
import { fullJitter } from "./resilience/backoff.ts";
import { sleep } from "./runtime/clock.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Logger } from "./runtime/log.ts";
import type { Random } from "./runtime/random.ts";

/** The platform's definitions as they were read; a part is undefined where the platform refuses to show it. */
export interface PlatformDefinitions {
  readonly achievements: ReadonlyMap<string, PlatformAchievement> | undefined;
  readonly leaderboards: ReadonlyMap<string, PlatformLeaderboard> | undefined;
}

interface Parts {
  readonly graph: Lists;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const BACKOFF = { baseMs: 250, capMs: 30_000 };

/** How long deliveries wait for the platform's definitions before the catalogue is taken at its word, ms. */
const GRACE_MS = 3_000;

type Lists = Pick<GraphClient, "achievements" | "leaderboards">;

/** A2, archived ones included, by name. Rejects with a `GraphError`. */
export async function listAchievements(
  graph: Lists,
  options: CallOptions,
): Promise<NonNullable<PlatformDefinitions["achievements"]>> {
  const rows = await graph.achievements.definitions({ includeArchived: true }, options);
  return new Map(rows.map((row) => [row.apiName, row]));
}

/** L2, by name. Rejects with a `GraphError`. */
export async function listLeaderboards(
  graph: Lists,
  options: CallOptions,
): Promise<NonNullable<PlatformDefinitions["leaderboards"]>> {
  const rows = await graph.leaderboards.list({}, options);
  return new Map(rows.flatMap((row) => (row.apiName === undefined ? [] : [[row.apiName, row]])));
}

/**
 * Reads A2 and L2 and tells what is known: once both are answered, or after a few seconds with what there is, and then of
 * each that comes later. One that never comes holds nothing up.
 */
export function followDefinitions(parts: Parts, told: (known: PlatformDefinitions) => void): void {
  const { clock, logger, signal } = parts;
  let known: PlatformDefinitions = { achievements: undefined, leaderboards: undefined };
  const missing = new Set(["achievement definitions", "leaderboards"]);
  let isWaiting = true;
  const tell = (): void => {
    isWaiting = false;
    timer.cancel();
    if (!signal.aborted) told(known);
  };
  const timer = clock.after(GRACE_MS, () => {
    const fields = { missing: [...missing] };
    logger.warn(
      fields,
      "The platform's definitions are not there yet; until they are, the catalogue is taken at its word.",
    );
    tell();
  });
  const came = (what: string, part: Partial<PlatformDefinitions>): void => {
    missing.delete(what);
    known = { ...known, ...part };
    if (!isWaiting || missing.size === 0) tell();
  };
  const { graph } = parts;
  void persist("achievement definitions", () => listAchievements(graph, { signal }), parts).then((achievements) =>
    came("achievement definitions", { achievements }),
  );
  void persist("leaderboards", () => listLeaderboards(graph, { signal }), parts).then((leaderboards) =>
    came("leaderboards", { leaderboards }),
  );
}

/** Asks until it is answered or refused for good; aborted, it resolves with nothing known. */
async function persist<T>(
  what: string,
  read: () => Promise<T>,
  { clock, random, logger, signal }: Parts,
): Promise<T | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await read();
    } catch (error) {
      if (signal.aborted) return undefined;
      const refused =
        isGraphError(error) && !error.transient && error.graphCode !== undefined && error.code !== "app_credentials";
      const reason = error instanceof Error ? error.message : String(error);
      if (refused) {
        logger.warn({ reason }, `The platform does not show its ${what}; the catalogue is taken at its word.`);
        return undefined;
      }
      if (attempt === 0)
        logger.warn({ reason }, `The platform's ${what} could not be read; trying again until they can.`);
      const ordered = isGraphError(error) ? (error.retryAfterMs ?? 0) : 0;
      const wait = Math.max(ordered, fullJitter(attempt, BACKOFF, random.next()), BACKOFF.baseMs);
      await sleep(clock, wait, signal).catch(() => undefined);
    }
  }
}

/** What the catalogue says, where the platform does not. */
export interface OwnDefinitions {
  readonly achievements: Achievements;
  readonly leaderboards: Leaderboards;
}

/** What delivery asks of definitions: the platform's word where it is known, the catalogue's otherwise. */
function definitionsFor(platform: PlatformDefinitions, { achievements, leaderboards }: OwnDefinitions): Definitions {
  return {
    achievement(name) {
      const own = achievements[name];
      const row = platform.achievements?.get(name);
      const target = row?.target ?? (own?.type === "count" ? BigInt(own.target) : undefined);
      if (row === undefined && own === undefined) return undefined;
      return { archived: row?.isArchived === true, ...(target !== undefined && { target }) };
    },
    board(name) {
      const own = leaderboards[name];
      const sort = platform.leaderboards?.get(name)?.sort ?? own?.sort ?? "higher-is-better";
      return { sort, writes: own?.writes ?? "server" };
    },
  };
}

/** The definitions as they are known so far; `known` resolves once deliveries may count on them. */
export class DefinitionsBook {
  readonly known: Promise<void>;
  readonly #own: OwnDefinitions;
  readonly #resolve: () => void;
  #current: Definitions;

  constructor(own: OwnDefinitions) {
    this.#own = own;
    this.#current = definitionsFor({ achievements: undefined, leaderboards: undefined }, own);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.known = promise;
    this.#resolve = resolve;
  }

  get current(): Definitions {
    return this.#current;
  }

  learn(platform: PlatformDefinitions): void {
    this.#current = definitionsFor(platform, this.#own);
    this.#resolve();
  }
}
