import { parseArgs } from "node:util";

export const sabotages = ["resend-without-readback", "ack-before-commit"] as const;
export type Sabotage = (typeof sabotages)[number];

export interface DemoArguments {
  /** Over the four rooms together. Default 12. */
  readonly matches: number;
  /** In each room. Default 4. */
  readonly players: number;
  /** Fixes the plan (drones, aims, maps, faults), not the interleaving of processes. Default 1. */
  readonly seed: number;
  /** Chance of a fault for each request that reaches the platform, 0 to 0.9. Default: none, or what a sabotage needs. */
  readonly chaos: number | undefined;
  /** How long an unanswered count stays in doubt, in milliseconds. Default 1000. */
  readonly quietMs: number;
  /** Where the ledger is written. Default: a temporary file. */
  readonly ledger: string | undefined;
  /** A proxy between the game and the emulator. Default: the emulator itself. */
  readonly graphUrl: string | undefined;
  /** Default 8470 with `graphUrl` (where such a proxy forwards to), else any free one. */
  readonly emulatorPort: number;
  readonly json: boolean;
  readonly serve: boolean;
  readonly kill: boolean;
  readonly sabotage: Sabotage | undefined;
}

/** What stands on the command line cannot be used; the message says which flag and what it takes. */
export class ArgumentsError extends Error {
  override readonly name = "ArgumentsError";
}

export const usage = `Usage: npm run demo -- [flags]

Plays matches in real Colyseus rooms with real WebSocket players against a local stand-in for Meta's platform,
then compares what arrived there with what was played.

  --matches N          matches over the four rooms together (default 12)
  --players N          players in each room (default 4)
  --seed N             fixes drones, aims, maps and faults (default 1)
  --chaos P            chance of a fault per request: 500, 429, reset before or after the effect (default 0)
  --quiet-ms N         how long an unanswered count stays in doubt (default 1000)
  --kill               kill -9 the game server while a match ends, later end it with SIGTERM while another one
                       does; each time another one goes on with the same file
  --sabotage NAME      break delivery on purpose: ${sabotages.join(" | ")}
  --ledger FILE        write the ledger of planned and accepted events there (NDJSON)
  --graph-url URL      the game reaches the platform through this proxy
  --emulator-port N    port of the emulator (default: any free one; 8470 with --graph-url)
  --serve              keep everything running afterwards and print the URLs to open
  --json               print one JSON object as the last line
  --help               this text

Exit code 0: nothing owed, dead, lost or doubled. 1: something was, or a process failed. 2: bad flags.`;

/** @throws ArgumentsError for unknown flags and values that cannot be used. `"help"` when that was asked for. */
export function parseArguments(argv: readonly string[]): DemoArguments | "help" {
  const values = read(argv);
  if (values.help === true) return "help";
  const graphUrl = values["graph-url"] === undefined ? undefined : url("graph-url", values["graph-url"]);
  return {
    matches: whole("matches", values.matches, 12, 1, 100_000),
    players: whole("players", values.players, 4, 1, 64),
    seed: whole("seed", values.seed, 1, 0, 4_294_967_295),
    chaos: chance("chaos", values.chaos),
    quietMs: whole("quiet-ms", values["quiet-ms"], 1_000, 100, 600_000),
    ledger: values.ledger === undefined ? undefined : text("ledger", values.ledger),
    graphUrl,
    emulatorPort: whole("emulator-port", values["emulator-port"], graphUrl === undefined ? 0 : 8_470, 0, 65_535),
    json: values.json === true,
    serve: values.serve === true,
    kill: values.kill === true,
    sabotage: values.sabotage === undefined ? undefined : oneOf("sabotage", values.sabotage, sabotages),
  };
}

function read(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        matches: { type: "string" },
        players: { type: "string" },
        seed: { type: "string" },
        chaos: { type: "string" },
        "quiet-ms": { type: "string" },
        ledger: { type: "string" },
        "graph-url": { type: "string" },
        "emulator-port": { type: "string" },
        sabotage: { type: "string" },
        kill: { type: "boolean" },
        serve: { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    return values;
  } catch (error) {
    const problem = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new ArgumentsError(`${problem}; see --help`);
  }
}

function whole(flag: string, value: string | undefined, missing: number, least: number, most: number): number {
  if (value === undefined) return missing;
  const number = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new ArgumentsError(`--${flag} takes a whole number from ${least} to ${most}, not "${value}"`);
}

function chance(flag: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d*\.?\d+$/.test(value) ? Number(value) : Number.NaN;
  if (number >= 0 && number <= 0.9) return number;
  throw new ArgumentsError(`--${flag} takes a chance from 0 to 0.9, not "${value}"`);
}

function url(flag: string, value: string): string {
  const parsed = URL.parse(value);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new ArgumentsError(`--${flag} takes an http or https URL, not "${value}"`);
  }
  return value.replace(/\/+$/, "");
}

function text(flag: string, value: string): string {
  if (value === "") throw new ArgumentsError(`--${flag} takes a file name`);
  return value;
}

function oneOf<T extends string>(flag: string, value: string, names: readonly T[]): T {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  throw new ArgumentsError(`--${flag} takes ${names.join(" or ")}, not "${value}"`);
}
