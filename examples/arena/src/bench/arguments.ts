import { parseArgs } from "node:util";
import { ArgumentsError } from "../demo/arguments.ts";

export interface BenchArguments {
  readonly rooms: number;
  readonly clients: number;
  readonly matches: number;
  readonly json: boolean;
}

export const usage = `Usage: npm run bench:rooms -- [flags]

Plays the same game in Colyseus rooms without and with the plugin, with SDK clients in other processes and an emulated
platform, and compares how regular the rooms' patches are and how much memory a player costs.

  --rooms N     rooms (default 200)
  --clients N   clients in each room (default 8)
  --matches N   matches in each room, over which memory may not grow (default 100)
  --json        print one JSON object as the last line
  --help        this text

Exit code 0, also where a goal is missed: the table says so. 1: a process failed. 2: bad flags.`;

/** @throws ArgumentsError for unknown flags and values that cannot be used. `"help"` when that was asked for. */
export function parseArguments(argv: readonly string[]): BenchArguments | "help" {
  const values = read(argv);
  if (values.help === true) return "help";
  return {
    rooms: whole("rooms", values.rooms, 200, 500),
    clients: whole("clients", values.clients, 8, 64),
    matches: whole("matches", values.matches, 100, 10_000),
    json: values.json === true,
  };
}

function read(argv: readonly string[]) {
  try {
    const number = { type: "string" } as const;
    const { values } = parseArgs({
      args: [...argv],
      allowPositionals: false,
      options: {
        rooms: number,
        clients: number,
        matches: number,
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

function whole(flag: string, value: string | undefined, missing: number, most: number): number {
  if (value === undefined) return missing;
  const number = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= 1 && number <= most) return number;
  throw new ArgumentsError(`--${flag} takes a whole number from 1 to ${most}, not "${value}"`);
}
