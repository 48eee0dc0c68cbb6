/** The game server is configured by its environment, as servers are. */
export const settings = Object.freeze({
  app: { id: required("META_APP_ID"), secret: required("META_APP_SECRET") },
  /** Where the platform is; a local emulator in this example. */
  graphUrl: required("GRAPH_URL"),
  database: required("QUESTLINE_DB"),
  quietPeriodMs: whole("QUESTLINE_QUIET_MS", 15_000),
  players: whole("ARENA_PLAYERS", 4),
  seed: whole("ARENA_SEED", 1),
  /** Rounds to play, one number for each room. */
  rounds: (process.env["ARENA_ROUNDS"] ?? "3,3,3,3").split(",").map(Number),
  /** Set where failures are made on purpose: then only errors are worth a line. */
  quiet: process.env["ARENA_QUIET"] === "1",
  sabotage: process.env["ARENA_SABOTAGE"],
  /** Set where a parent keeps a ledger: it reads file descriptor 3. */
  hasLedger: process.env["ARENA_LEDGER"] === "fd3",
});

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Error(`the game server needs ${name} in its environment`);
  return value;
}

function whole(name: string, missing: number): number {
  const value = process.env[name];
  if (value === undefined) return missing;
  if (/^\d+$/.test(value)) return Number(value);
  throw new Error(`${name} must be a whole number, not "${value}"`);
}
