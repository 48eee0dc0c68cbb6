import type { Bench } from "../bench.ts";
import { rowOf } from "../row.ts";

/** How long a kill -9 could still take a match end away. */
export const durable: Bench = {
  name: "durable",
  rounds: { full: 5, quick: 2 },
  contestants: [
    { name: "alone", module: "durable-window", variant: "alone" },
    { name: "busy", module: "durable-window", variant: "busy" },
  ],
  rows: (results) =>
    (["alone", "busy"] as const).map((name) =>
      rowOf({
        name: `durable-${name}`,
        what: `from a match end of eight until all of it is durable, one every ${name === "alone" ? 100 : 5} ms, p50`,
        value: results.of(name, "p50"),
        unit: "ms",
        beside: { p99: results.of(name, "p99"), max: results.of(name, "max") },
      }),
    ),
};
