import type { BenchArguments } from "./arguments.ts";
import { percentile } from "./intervals.ts";
import type { Measured } from "./run.ts";

/** Added by the plugin, at most. */
const goals = { addedP99Ms: 2, addedKibPerPlayer: 5, grownKibPerPlayer: 0.5 } as const;

/** What the benchmark found; the JSON of `--json`. Times in ms, memory in KiB per player. */
export interface Findings {
  readonly rooms: number;
  readonly clients: number;
  readonly matches: number;
  readonly events: number;
  readonly p50Without: number;
  readonly p50With: number;
  readonly p99Without: number;
  readonly p99With: number;
  /** Between the two runs without the plugin. */
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
  const mean = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
  const without = measured.without.map(({ intervals }) => intervals);
  const p99s = without.map((book) => percentile([book], 0.99));
  const p99Without = percentile(without, 0.99);
  const p99With = percentile([measured.with.intervals], 0.99);
  const heapWithout = mean(measured.without.map(({ memory }) => memory.heap));
  const residentWithout = mean(measured.without.map(({ memory }) => memory.resident));
  const added = {
    p99Added: round(p99With - p99Without),
    heapAdded: kib(measured.with.memory.heap - heapWithout),
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
    p50With: percentile([measured.with.intervals], 0.5),
    p99Without,
    p99With,
    p99Noise: round(Math.abs((p99s[0] ?? 0) - (p99s[1] ?? 0))),
    ...added,
    heapWithout: kib(heapWithout),
    heapWith: kib(measured.with.memory.heap),
    residentAdded: kib(measured.with.memory.resident - residentWithout),
    missed,
    seconds: round(measured.seconds),
  };
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}

export function table(findings: Findings): string {
  const word = (name: string): string => (findings.missed.includes(name) ? "missed" : "met");
  const rows = [
    ["", "without", "with", "added", "goal", ""],
    ["patch jitter p50, ms", findings.p50Without, findings.p50With, "", "", ""],
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
