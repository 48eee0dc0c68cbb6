import { parseArgs } from "node:util";
import { scenarios } from "./sabotage/scenarios.ts";
import { smallest } from "./minima.ts";

export interface ChaosArguments {
  /** At least so many requests meet a fault. */
  readonly faults: number;
  /** At least so many game processes are killed. */
  readonly kills: number;
  /** Fixes the plan (events, faults, ends of lives), not the interleaving of processes. */
  readonly seed: number;
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

const names = [...scenarios.keys()].map((name) => `                         ${name}`).join("\n");

export const usage = `Usage: npm run chaos -- [flags]

Plays seeded matches in game processes with SQLite on disk against a local stand-in for Meta's platform that fails in
every way it knows, kills the processes at named points and at random, and compares what arrived, to the unit.

  --faults N           requests that meet a fault, at least (default 3000; at least ${smallest.faults})
  --kills N            game processes killed with SIGKILL, at least (default 60; at least ${smallest.kills})
  --seed N             fixes the plan: events, faults, ends of lives (default 1)
  --sabotage NAME      instead: a short scenario with one rule of delivery broken, which must be noticed (exit code 1):
${names}
  --scenario NAME      the same scenario with nothing broken
  --matrix FILE        write the table of kill points and faults there (Markdown)
  --keep FOLDER        write ledgers and databases there, and leave them
  --json               print one JSON object as the last line
  --help               this text

Exit code 0: nothing lost, nothing doubled, and enough was tried. 1: anything else. 2: bad flags.`;

/** @throws ArgumentsError for unknown flags and values that cannot be used. `"help"` when that was asked for. */
export function parseArguments(argv: readonly string[]): ChaosArguments | "help" {
  const values = read(argv);
  if (values.help === true) return "help";
  return {
    faults: whole("faults", values.faults, 3_000, smallest.faults, 1_000_000),
    kills: whole("kills", values.kills, 60, smallest.kills, 10_000),
    seed: whole("seed", values.seed, 1, 0, 4_294_967_295),
    scenario: scenarioOf(values),
    json: values.json === true,
    matrix: values.matrix,
    keep: values.keep,
  };
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
    throw new ArgumentsError(
      `--${flag} ${text} is too small for its minima to mean anything; the smallest is ${least}`,
    );
  }
  throw new ArgumentsError(`--${flag} takes a whole number from ${least} to ${most}, not "${text}"`);
}
