import { count, createQuestline, each, silentLogger, sqliteStore } from "@questline/core";

/** A game server over the file `path`, whose results wait for a minute unless they are flushed. */
export function fileGame(path: string, baseUrl: string) {
  return createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: sqliteStore(path),
    graph: { baseUrl, timeoutMs: 2_000 },
    delivery: { windowMs: 60_000, quietPeriodMs: 200 },
    logger: silentLogger,
    achievements: { WINS_100: count(100) },
    events: { roundWon: each<object>() },
    rules: { roundWon: ({ addCount }) => [addCount("WINS_100", 1)] },
  });
}

/** As a program, `node file-game.ts <path> <url>`: delivers what the file holds, says how that went, and stays until its stdin ends. */
if (import.meta.main) {
  const [path = "", baseUrl = ""] = process.argv.slice(2);
  const game = fileGame(path, baseUrl);
  try {
    await game.flush();
    process.stdout.write("flushed\n");
  } catch (error) {
    process.stdout.write(`refused ${(error as { code?: string }).code}\n`);
  }
  for await (const _ of process.stdin) continue;
  await game.close({ timeoutMs: 0 }).catch(() => undefined);
}
