import { parseArgs } from "node:util";

export interface BenchArguments {
  readonly json: boolean;
  /** Fewer and smaller rounds. */
  readonly quick: boolean;
  /** Names of benches; all where none is given. */
  readonly only: readonly string[];
  /** May install Debian's redis-server where it is missing. */
  readonly installMissing: boolean;
  /** Where every contestant writes a CPU profile of its whole life. */
  readonly profile: string | undefined;
}

/** What stands on the command line cannot be used; the message says which flag and what it takes. */
export class ArgumentsError extends Error {
  override readonly name = "ArgumentsError";
}

export const usage = (benches: readonly string[]): string => `Usage: npm run bench -- [flags]

Measures what Questline costs and how fast it delivers, beside what one would use instead, in interleaved rounds.

  --only NAMES         some of: ${benches.join(",")}
  --quick              fewer and smaller rounds, for a first look
  --install-missing    install redis-server (Debian) for the rows that need it
  --profile FOLDER     every contestant writes a CPU profile there
  --json               print one JSON object as the last line
  --help               this text

Exit code 0: everything was measured, goals met or not. 1: a measurement failed. 2: bad flags.`;

/** @throws ArgumentsError for unknown flags and names. `"help"` when that was asked for. */
export function parseArguments(argv: readonly string[], benches: readonly string[]): BenchArguments | "help" {
  const values = read(argv);
  if (values.help) return "help";
  const only = (values.only ?? "").split(",").filter(Boolean);
  const unknown = only.filter((name) => !benches.includes(name));
  if (unknown.length > 0 || (values.only !== undefined && only.length === 0)) {
    throw new ArgumentsError(`--only takes names out of ${benches.join(",")}; got ${JSON.stringify(values.only)}.`);
  }
  return {
    json: values.json,
    quick: values.quick,
    only,
    installMissing: values["install-missing"],
    profile: values.profile,
  };
}

function read(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        only: { type: "string" },
        quick: { type: "boolean", default: false },
        "install-missing": { type: "boolean", default: false },
        profile: { type: "string" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    return values;
  } catch (error) {
    throw new ArgumentsError(error instanceof Error ? error.message : String(error));
  }
}
