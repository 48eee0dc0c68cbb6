import type { Bench } from "../bench.ts";
import { rowOf } from "../row.ts";

/** What a room pays for a report. */
export const report: Bench = {
  name: "report",
  rounds: { full: 5, quick: 2 },
  contestants: [
    { name: "calls", module: "report-calls" },
    { name: "backlog", module: "report-backlog", weighs: true },
  ],
  rows(results) {
    const call = (name: string, what: string, measure: string, atMost: number) =>
      rowOf({
        name,
        what: `report() with three rules, SQLite store, ${what}`,
        value: results.of("calls", measure),
        unit: "µs",
        goal: { atMost },
        bound: () => `game thread: the call itself, with cold caches; JSON.stringify of the payload alone ${cold()}`,
        beside: {
          stringifyP50: results.of("calls", "referenceP50"),
          stringifyP99: results.of("calls", "referenceP99"),
        },
      });
    const cold = (): string => `takes ${results.of("calls", "referenceP50")?.toFixed(1)} µs after 2 ms`;
    return [
      call("report-burst-p50", "whole matches of 100 at once", "burstP50", 5),
      call("report-burst-p99", "whole matches of 100 at once", "burstP99", 25),
      call("report-paced-p50", "one every 2 ms", "pacedP50", 5),
      call("report-paced-p99", "one every 2 ms", "pacedP99", 25),
      rowOf({
        name: "report-thread",
        what: "all that a report takes of the game's thread: the call, its way to the store, the answer, deliveries begun",
        value: results.of("calls", "threadMicros"),
        unit: "µs",
      }),
      rowOf({
        name: "report-backlog",
        what: "heap of the game's thread per undelivered report (three lanes each), platform silent",
        value: results.of("backlog", "bytesPerReport"),
        unit: "bytes",
        goal: { atMost: 16 },
        bound: () => "heap (what each report leaves behind in the game's thread)",
      }),
    ];
  },
};
