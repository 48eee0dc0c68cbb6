import { parseArgs } from "node:util";
import { scenarios } from "./sabotage/scenarios.ts";
import { smallest } from "./minima.ts";
import { type Trouble, troubleNames, troubles } from "./plan/troubles.ts";
import { QUIET_MS } from "./settings.ts";

export interface ChaosArguments {
  /** At least so many requests meet a fault. */
  readonly faults: number;
  /** At least so many game processes are killed. */
  readonly kills: number;
  /** Fixes the plan (events, faults, ends of lives), not the interleaving of processes. */
  readonly seed: number;
  /** What is made of trouble beside faults and kills. */
  readonly troubles: readonly Trouble[];
  /** As given; absent for the standard mixture. */
  readonly trouble: string | undefined;
  /** Of the games; absent: by how busy the machine is. */
  readonly quietMs: number | undefined;
  /** After so long a run gives up. */
  readonly withinMs: number;
  /** A directed scenario instead of a run: of this rule, broken or not. */
  readonly scenario: { readonly name: string; readonly broken: boolean } | undefined;
  readonly json: boolean;
  /** Where the table of kill points and faults is written. */
  readonly matrix: string | undefined;
  /** Keeps ledgers and databases there. */
  readonly keep: string | undefined;
}

/** What stands on the command line cannot be used; the message says which flag and what it takes. */
export class ArgumentsError extends Error {
  override readonly name = "ArgumentsError";
}

const LONGEST_PAUSE_MS = 5_000;
/** Generous: what is asked for takes a tenth of that alone. */
const withinMsOf = (faults: number, kills: number): number => 60_000 + faults * 40 + kills * 3_000;

const names = [...scenarios.keys()].map((name) => `                         ${name}`).join("\n");

const troubleLines = troubleNames.map((name) => `                         ${name}: ${troubles[name]}`).join("\n");

export const usage = `Usage: npm run chaos -- [flags]

Plays seeded matches in game processes with SQLite on disk against a local stand-in for Meta's platform that fails in
every way it knows, kills the processes at named points and at random, and compares what arrived, to the unit.

  --faults N           requests that meet a fault, at least (default 3000; at least ${smallest.faults})
  --kills N            game processes killed with SIGKILL, at least (default 60; at least ${smallest.kills})
  --seed N             fixes the plan: events, faults, ends of lives (default 1)
  --trouble NAME,...   what befalls the games besides, "all" or "none" (default all):
${troubleLines}
  --quiet MS           the quiet period of the games; everything goes by it (default: ${QUIET_MS}, or twice that on a busy
                       machine)
  --within SECONDS     gives up after so long (default: by what is asked for)
  --sabotage NAME      instead: a short scenario with one rule of delivery broken, which must be noticed (exit code 1):
${names}
  --scenario NAME      the same scenario with nothing broken
  --matrix FILE        write the table of kill points and faults there (Markdown)
  --keep FOLDER        write ledgers and databases there, and leave them
  --json               print one JSON object as the last line
  --help               this text

Exit code 0: nothing lost, nothing doubled, and enough was tried. 1: anything else. 2: bad flags. 3: invalid: an assumption
of the promise did not hold, as on a machine that is too busy, so that the run says nothing.`;

/** @throws ArgumentsError for unknown flags and values that cannot be used. `"help"` when that was asked for. */
export function parseArguments(argv: readonly string[]): ChaosArguments | "help" {
  const values = read(argv);
  if (values.help === true) return "help";
  const faults = whole("faults", values.faults, 3_000, smallest.faults, 1_000_000);
  const kills = whole("kills", values.kills, 60, smallest.kills, 10_000);
  const within = values.within === undefined ? undefined : whole("within", values.within, 0, 1, 86_400);
  return {
    faults,
    kills,
    troubles: troublesOf(values.trouble),
    trouble: values.trouble,
    quietMs: values.quiet === undefined ? undefined : whole("quiet", values.quiet, 0, QUIET_MS, LONGEST_PAUSE_MS),
    withinMs: within === undefined ? withinMsOf(faults, kills) : within * 1_000,
    seed: whole("seed", values.seed, 1, 0, 4_294_967_295),
    scenario: scenarioOf(values),
    json: values.json === true,
    matrix: values.matrix,
    keep: values.keep,
  };
}

function troublesOf(text: string | undefined): readonly Trouble[] {
  if (text === undefined) return troubleNames;
  if (text === "all") return troubleNames;
  if (text === "none") return [];
  const known = new Map<string, Trouble>(troubleNames.map((name) => [name, name]));
  return text.split(",").map((name) => {
    const trouble = known.get(name);
    if (trouble !== undefined) return trouble;
    throw new ArgumentsError(`there is no trouble "${name}"; there are all, none, ${troubleNames.join(", ")}`);
  });
}

function scenarioOf({ sabotage, scenario }: Record<string, string | boolean | undefined>): ChaosArguments["scenario"] {
  if (sabotage !== undefined && scenario !== undefined) {
    throw new ArgumentsError("--sabotage and --scenario exclude each other: one breaks a rule, the other does not");
  }
  const name = sabotage ?? scenario;
  if (name === undefined) return undefined;
  if (typeof name === "string" && scenarios.has(name)) return { name, broken: sabotage !== undefined };
  throw new ArgumentsError(`there is no scenario "${name}"; there are ${[...scenarios.keys()].join(", ")}`);
}

function read(argv: readonly string[]) {
  try {
    const text = { type: "string" } as const;
    const flag = { type: "boolean" } as const;
    const options = {
      faults: text,
      kills: text,
      seed: text,
      trouble: text,
      quiet: text,
      within: text,
      sabotage: text,
      scenario: text,
      matrix: text,
      keep: text,
      json: flag,
      help: flag,
    };
    return parseArgs({ args: [...argv], options, allowPositionals: false }).values;
  } catch (error) {
    throw new ArgumentsError(`${(error as Error).message.split(". ")[0]}; --help lists the flags`);
  }
}

function whole(flag: string, text: string | undefined, missing: number, least: number, most: number): number {
  if (text === undefined) return missing;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  if (value < least) {
    throw new ArgumentsError(`--${flag} ${text} is too small to mean anything; the smallest is ${least}`);
  }
  throw new ArgumentsError(`--${flag} takes a whole number from ${least} to ${most}, not "${text}"`);
}
