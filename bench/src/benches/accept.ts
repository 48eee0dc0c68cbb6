import type { Bench, Results } from "../bench.ts";
import { boundOf } from "../measure/bound.ts";
import { type Row, rowOf } from "../row.ts";

/** How fast events become durable, once keys on. */
export const accept: Bench = {
  name: "accept",
  rounds: { full: 5, quick: 2 },
  contestants: [
    { name: "questline-merged", module: "accept-questline", variant: "merged" },
    { name: "bullmq", module: "accept-bullmq", needsRedis: true },
    { name: "questline-new-lanes", module: "accept-questline", variant: "new-lanes" },
    { name: "insert", module: "accept-insert" },
  ],
  rows: (results) => [
    against(results, "accept-merged", "questline-merged", "a hundred events per lane", 10),
    against(results, "accept-new-lanes", "questline-new-lanes", "every event a new lane and key", 3),
  ],
};

function against(results: Results, name: string, contestant: string, what: string, atLeast: number): Row {
  const perSecond = (of: string): number | undefined => results.of(of, "perSecond");
  return rowOf({
    name,
    what: `events durable per second, ${what}, in multiples of BullMQ's add`,
    value: results.ratio(contestant, "bullmq", "perSecond"),
    unit: "×",
    goal: { atLeast },
    bound: () => boundOf(results, contestant, "one thread for the other"),
    skipped: results.skipped,
    beside: {
      questlinePerSecond: perSecond(contestant),
      bullmqAddPerSecond: perSecond("bullmq"),
      insertPerSecond: perSecond("insert"),
      threadMicrosPerEvent: results.of(contestant, "threadMicros"),
    },
  });
}
