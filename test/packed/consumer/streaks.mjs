// Two matches of one player: streaks.mjs <database file>
import { sqliteStreaks } from "@questline/colyseus";

void record(sqliteStreaks(process.argv[2]));

async function record(streaks) {
  await streaks.record("1", "m-1", { wins: true });
  console.log(JSON.stringify(await streaks.record("1", "m-2", { wins: true })));
  await streaks.close();
}
