import { count, createQuestline, each, silentLogger, sqliteStore } from "@questline/core";
import type { Logger } from "@questline/core";

/** A game server over the file `path`, whose results wait for a minute unless they are flushed. */
export function fileGame(path: string, baseUrl: string, logger: Logger = silentLogger) {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: sqliteStore(path),
    graph: { baseUrl, timeoutMs: 2_000 },
    delivery: { windowMs: 60_000, quietPeriodMs: 200 },
    logger,
    achievements: { WINS_100: count(100) },
    events: { roundWon: each<object>() },
    rules: { roundWon: ({ addCount }) => [addCount("WINS_100", 1)] },
  });
}

/**
 * As a program, `node file-game.ts <path> <url>`: delivers what the file holds, says how that went and whether it waits for the file first, and
 * stays until its stdin ends.
 */
if (import.meta.main) {
  const [path = "", baseUrl = ""] = process.argv.slice(2);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const warn = (fields: object): void => {
    if ("holder" in fields) say(`waits for ${String(fields.holder)}`);
  };
  const game = fileGame(path, baseUrl, { ...silentLogger, warn });
  game.flush().then(
    () => say("flushed"),
    (error: { code?: string }) => say(`refused ${error.code}`),
  );
  for await (const _ of process.stdin) continue;
  await game.close({ timeoutMs: 0 }).catch(() => undefined);
}
