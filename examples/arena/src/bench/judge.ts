import type { BenchArguments } from "./arguments.ts";
import { percentile } from "./intervals.ts";
import type { Measured } from "./run.ts";
import type { Intervals } from "./wire.ts";

/** Added by the plugin, at most. */
const goals = { addedP99Ms: 2, addedKibPerPlayer: 5, grownKibPerPlayer: 0.5 } as const;

/** What the benchmark found; the JSON of `--json`. Times in ms, memory in KiB per player. */
export interface Findings {
  readonly rooms: number;
  readonly clients: number;
  readonly matches: number;
  readonly events: number;
  /** Of all patch intervals, the median distance from the patch rate. */
  readonly p50Without: number;
  readonly p50With: number;
  /** The median over the measured matches of each one's percentile. */
  readonly p95Without: number;
  readonly p95With: number;
  readonly p99Without: number;
  readonly p99With: number;
  /** Between every other match without the plugin and those in between. */
  readonly p99Noise: number;
  readonly p99Added: number;
  readonly heapWithout: number;
  readonly heapWith: number;
  readonly heapAdded: number;
  /** Over all matches but the first fifth. */
  readonly heapGrown: number;
  readonly residentAdded: number;
  readonly missed: readonly string[];
  readonly seconds: number;
}

export function judge({ rooms, clients, matches }: BenchArguments, measured: Measured): Findings {
  const players = rooms * clients;
  const kib = (bytes: number): number => round(bytes / 1_024 / players);
  const typical = (turns: readonly Intervals[], share: number): number =>
    round(median(turns.map((turn) => percentile([turn], share))));
  const without = measured.without.turns;
  const played = measured.with.turns;
  const p99Without = typical(without, 0.99);
  const p99With = typical(played, 0.99);
  const [even, odd] = [0, 1].map((rest) => without.filter((_, turn) => turn % 2 === rest)) as [
    Intervals[],
    Intervals[],
  ];
  const added = {
    p99Added: round(p99With - p99Without),
    heapAdded: kib(measured.with.memory.heap - measured.without.memory.heap),
    heapGrown: kib((measured.heaps.at(-1) ?? 0) - (measured.heaps[0] ?? 0)),
  };
  const missed = [
    ...(added.p99Added > goals.addedP99Ms ? ["p99Added"] : []),
    ...(added.heapAdded > goals.addedKibPerPlayer ? ["heapAdded"] : []),
    ...(added.heapGrown > goals.grownKibPerPlayer ? ["heapGrown"] : []),
  ];
  return {
    rooms,
    clients,
    matches,
    events: measured.events,
    p50Without: percentile(without, 0.5),
    p50With: percentile(played, 0.5),
    p95Without: typical(without, 0.95),
    p95With: typical(played, 0.95),
    p99Without,
    p99With,
    p99Noise: round(Math.abs(typical(even, 0.99) - typical(odd, 0.99))),
    ...added,
    heapWithout: kib(measured.without.memory.heap),
    heapWith: kib(measured.with.memory.heap),
    residentAdded: kib(measured.with.memory.resident - measured.without.memory.resident),
    missed,
    seconds: round(measured.seconds),
  };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, n) => sum + n, 0) / Math.max(1, middle.length);
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

export function table(findings: Findings): string {
  const word = (name: string): string => (findings.missed.includes(name) ? "missed" : "met");
  const rows = [
    ["", "without", "with", "added", "goal", ""],
    ["patch jitter p50, ms", findings.p50Without, findings.p50With, "", "", ""],
    ["patch jitter p95, ms", findings.p95Without, findings.p95With, "", "", ""],
    [
      "patch jitter p99, ms",
      findings.p99Without,
      findings.p99With,
      findings.p99Added,
      `≤ ${goals.addedP99Ms}`,
      word("p99Added"),
    ],
    [
      "heap per player, KiB",
      findings.heapWithout,
      findings.heapWith,
      findings.heapAdded,
      `≤ ${goals.addedKibPerPlayer}`,
      word("heapAdded"),
    ],
    [
      `growth over ${findings.matches} matches, KiB`,
      "",
      "",
      findings.heapGrown,
      `≤ ${goals.grownKibPerPlayer}`,
      word("heapGrown"),
    ],
    ["process per player, KiB", "", "", findings.residentAdded, "", ""],
  ].map((row) => row.map(String));
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n]!) : cell.padStart(widths[n]!))).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}
