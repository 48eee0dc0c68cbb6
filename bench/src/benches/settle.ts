import type { Bench } from "../bench.ts";
import { rowOf } from "../row.ts";

/** What a delivery costs in the store. */
export const settle: Bench = {
  name: "settle",
  rounds: { full: 5, quick: 2 },
  contestants: [{ name: "store", module: "settle-store" }],
  rows: (results) => [
    rowOf({
      name: "settle",
      what: "journal and settle per delivery, store only, batches of 64",
      value: results.of("store", "journalAndSettle"),
      unit: "µs",
      beside: {
        leaseMicros: results.of("store", "lease"),
        journalMicros: results.of("store", "stage"),
        settleMicros: results.of("store", "settle"),
        fsyncMicros: results.of("store", "fsync"),
      },
    }),
  ],
};
