import type { Achievements, Leaderboards } from "./catalogue/definitions.ts";
import type { Definitions } from "./delivery/platform.ts";
import { isGraphError } from "./errors/graph-error.ts";
import type { GraphClient } from "./graph/graph-client.ts";
import type { PlatformAchievement } from "./graph/achievement-definitions.ts";
import type { PlatformLeaderboard } from "./graph/leaderboards.ts";
import type { CheckFinding } from "./questline.ts";
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
  readonly graph: Pick<GraphClient, "achievements" | "leaderboards">;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const BACKOFF = { baseMs: 250, capMs: 30_000 };

/** How long deliveries wait for the platform's definitions before the catalogue is taken at its word, ms. */
const GRACE_MS = 3_000;

/** Reads A2 and L2, each until it is answered or refused for good. Never rejects; aborted, it resolves with nothing known. */
export async function readDefinitions(parts: Parts): Promise<PlatformDefinitions> {
  const [achievements, leaderboards] = await Promise.all([readAchievements(parts), readLeaderboards(parts)]);
  return { achievements, leaderboards };
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
  void readAchievements(parts).then((achievements) => came("achievement definitions", { achievements }));
  void readLeaderboards(parts).then((leaderboards) => came("leaderboards", { leaderboards }));
}

async function readAchievements(parts: Parts): Promise<PlatformDefinitions["achievements"]> {
  const { graph, signal } = parts;
  const read = () => graph.achievements.definitions({ includeArchived: true }, { signal });
  const rows = await persist("achievement definitions", read, parts);
  return rows && new Map(rows.map((row) => [row.apiName, row]));
}

async function readLeaderboards(parts: Parts): Promise<PlatformDefinitions["leaderboards"]> {
  const { graph, signal } = parts;
  const rows = await persist("leaderboards", () => graph.leaderboards.list({}, { signal }), parts);
  return rows && new Map(rows.flatMap((row) => (row.apiName === undefined ? [] : [[row.apiName, row]])));
}

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

/** Where the catalogue and the platform differ, one sentence each. */
export function compareDefinitions(
  platform: PlatformDefinitions,
  achievements: Achievements,
  leaderboards: Leaderboards,
): readonly CheckFinding[] {
  const findings: CheckFinding[] = [];
  const add = (target: string, problem: string): void => void findings.push({ target, problem });
  for (const [name, own] of Object.entries(platform.achievements === undefined ? {} : achievements)) {
    const row = platform.achievements?.get(name);
    if (row === undefined)
      add(name, "The platform has no such achievement; create it, or correct the name (it is case-sensitive).");
    else for (const problem of achievementProblems(own, row)) add(name, problem);
  }
  for (const [name, own] of Object.entries(platform.leaderboards === undefined ? {} : leaderboards)) {
    const row = platform.leaderboards?.get(name);
    if (row === undefined) {
      add(name, "The platform has no such leaderboard; create it, or correct the name (it is case-sensitive).");
      continue;
    }
    if (row.sort !== undefined && row.sort !== own.sort) {
      add(name, `The catalogue says ${own.sort}, the platform ${row.sort}; the platform's order is used.`);
    }
    if (row.writes !== undefined && row.writes !== own.writes) {
      add(name, `The catalogue says that the ${own.writes} writes, the platform that the ${row.writes} does.`);
    }
  }
  return findings;
}

function achievementProblems(own: Achievements[string], row: PlatformAchievement): string[] {
  const problems: string[] = [];
  if (own.type !== row.type) return [`The catalogue says it is ${own.type}, the platform ${row.type}.`];
  if (row.isArchived === true) problems.push("It is archived at the platform; its results become dead letters.");
  if (own.type !== "simple" && row.target !== undefined && BigInt(own.target) !== row.target) {
    problems.push(`The catalogue's target is ${own.target}, the platform's ${row.target}; the platform's counts.`);
  }
  if (own.type === "bitfield" && row.bitfieldLength !== undefined && own.length !== row.bitfieldLength) {
    problems.push(`The catalogue's length is ${own.length} bits, the platform's ${row.bitfieldLength}.`);
  }
  if (own.type === "count" && row.writes === "client") {
    problems.push("Clients may write this count, so that it is exactly-once only while they do not.");
  }
  return problems;
}
