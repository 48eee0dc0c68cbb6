import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Contestant, Setup } from "../contestant.ts";
import { userId } from "../game.ts";
import { watchCpu } from "../measure/cpu-shares.ts";

/** What one would write by hand: one INSERT per event, each its own transaction, in the game's thread. */
export async function start({ folder, quick }: Setup): Promise<Contestant> {
  const events = quick ? 3_000 : 10_000;
  const database = new DatabaseSync(join(folder, "insert.db"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
  database.exec("CREATE TABLE events (id TEXT PRIMARY KEY, event TEXT NOT NULL) STRICT, WITHOUT ROWID");
  const insert = database.prepare("INSERT OR IGNORE INTO events (id, event) VALUES (?, ?)");
  return {
    async round(number) {
      const cpu = watchCpu();
      for (let event = 0; event < events; event += 1) {
        insert.run(`accept-${number}-${event}`, JSON.stringify({ user: userId(event), event: "kill", n: 1 }));
      }
      const used = cpu();
      return { ...used, perSecond: (events / used["elapsedMs"]!) * 1000 };
    },
    close: async () => database.close(),
  };
}
