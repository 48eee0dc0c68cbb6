import type { Bench } from "../bench.ts";
import { rowOf } from "../row.ts";

/** What ever more events on the same lanes cost. */
export const growth: Bench = {
  name: "growth",
  rounds: { full: 1, quick: 1 },
  contestants: [{ name: "growth", module: "growth", weighs: true, warmUps: 0 }],
  rows(results) {
    const flat = (name: string, what: string, measure: string, suffix: string, atMost: number) =>
      rowOf({
        name,
        what: `${what} on 300 lanes: the last decade's against that at 10,000 events`,
        value: results.of("growth", measure),
        unit: "×",
        goal: { atMost },
        bound: () => "listed beside it, by events so far",
        beside: results.all("growth", (at) => at.startsWith("at1e") && at.endsWith(suffix)),
      });
    const [requests = Number.NaN, events = Number.NaN] = ["requests", "events"].map((name) =>
      results.of("growth", name),
    );
    return [
      flat("growth-cost", "thread time per report", "costRatio", "Micros", 1.25),
      flat("growth-heap", "heap of the game's thread", "heapRatio", "HeapMb", 1.25),
      flat("growth-memory", "memory of the process", "rssRatio", "RssMb", 1.5),
      rowOf({
        name: "growth-requests",
        what: "requests per event, progress reads counted",
        value: requests / events,
        unit: "requests",
        beside: { requests, events, fileMb: results.of("growth", "fileMb") },
      }),
    ];
  },
};
