import type { Clock } from "@questline/core";
import { ambushing } from "./ambush.ts";
import { readLife } from "./life.ts";
import { leapingClock } from "./runtime/leaping-clock.ts";
import { tell } from "./tell.ts";
import { watchSyncs } from "./watch-syncs.ts";

/** Loaded by the thread that owns the database and delivers, before it opens it: what lies in wait there, and its time. */
const life = readLife();
if (life.watchSyncs === true) watchSyncs(life.database);

export default ambushing(life.ambushes, `${life.database}-thread`);
export const clock: Clock = leapingClock(life.clockJumps, {
  offsetMs: life.wallOffsetMs,
  onLeap: (byMs) => tell({ t: "leap", byMs }),
});
