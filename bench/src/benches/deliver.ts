import type { Bench, Results } from "../bench.ts";
import { boundOf } from "../measure/bound.ts";
import { type Row, rowOf } from "../row.ts";

const REQUEST = "undici";

/** How fast durable results reach a platform that answers at once, and what the rooms beside it notice. */
export const deliver: Bench = {
  name: "deliver",
  rounds: { full: 3, quick: 2 },
  contestants: [
    { name: "scores", module: "deliver-questline", variant: "scores" },
    { name: REQUEST, module: "deliver-undici" },
    { name: "fetch", module: "deliver-fetch", variant: "bounded" },
    { name: "bullmq", module: "deliver-bullmq", needsRedis: true },
    { name: "counts", module: "deliver-questline", variant: "counts" },
    { name: "all-at-once", module: "deliver-fetch", variant: "all-at-once", warmUps: 0, atMost: 1 },
  ],
  rows: (results) => [
    against(results, "deliver-vs-request", REQUEST, "undici.request", 1.2),
    against(results, "deliver-vs-fetch", "fetch", "fetch by hand", 4),
    against(results, "deliver-vs-bullmq", "bullmq", "BullMQ and undici.request", 3),
    rowOf({
      name: "deliver-counts",
      what: "journalled counts per second, end to end, three of a player and one read",
      value: results.of("counts", "perSecond"),
      unit: "/s",
      beside: {
        threadMicrosPerResult: results.of("counts", "threadMicros"),
        readsPerResult: results.of("counts", "readsPerResult"),
        fsyncMicros: results.of("counts", "fsync"),
        tickAddedP99Ms: results.of("counts", "tickAdded"),
      },
    }),
    rowOf({
      name: "tick",
      what: "room ticks of 16 ms while 10,000 results go out in the same process: lateness added, p99",
      value: results.of("scores", "tickAdded"),
      unit: "ms",
      goal: { atMost: 2 },
      bound: () => boundOf(results, "scores", "the machine"),
      beside: {
        idleP99: results.of("scores", "tickIdleP99"),
        max: results.of("scores", "tickMax"),
        undiciRequestP99: results.of(REQUEST, "tickAdded"),
        promiseAllFetchP99: results.of("all-at-once", "tickAdded"),
        promiseAllFetchMax: results.of("all-at-once", "tickMax"),
      },
    }),
  ],
};

function against(results: Results, name: string, other: string, words: string, atLeast: number): Row {
  return rowOf({
    name,
    what: `scores per second, end to end from durable lanes, 64 at once, in multiples of ${words}`,
    value: results.ratio("scores", other, "perSecond"),
    unit: "×",
    goal: { atLeast },
    bound: () => deliveryBound(results),
    skipped: results.skipped,
    beside: {
      questlinePerSecond: results.of("scores", "perSecond"),
      otherPerSecond: results.of(other, "perSecond"),
      threadMicrosPerResult: results.of("scores", "threadMicros"),
      otherThreadMicros: results.of(other, "threadMicros"),
    },
  });
}

/** Says beside who was busy how much of the thread's time a bare HTTP client would take. */
function deliveryBound(results: Results): string {
  const [own = Number.NaN, client = Number.NaN] = ["scores", REQUEST].map((name) => results.of(name, "threadMicros"));
  const part = `${own.toFixed(0)} µs of the game thread per result, ${client.toFixed(0)} with undici.request alone`;
  return `${boundOf(results, "scores", "one thread for the other")}; ${part}`;
}
