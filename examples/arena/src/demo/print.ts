import { type Achievement, achievements } from "./fold.ts";
import type { DemoResult, Progress } from "./run.ts";

export function progressLine({ seconds, matches, events, requests, owed }: Progress, all: number): string {
  const cells = [
    `${seconds.toFixed(0).padStart(4)} s`,
    `matches ${`${matches}/${all}`.padStart(7)}`,
    `events ${String(events).padStart(6)}`,
    `requests ${String(requests).padStart(6)}`,
    `owed ${String(owed).padStart(4)}`,
  ];
  return cells.join("   ");
}

/** A row for each player, as the platform shows it. */
export function playerTable({ world, players }: DemoResult): string {
  const rows = players.map(({ alias, arena, user }) => {
    const unlocked = (Object.keys(achievements) as Achievement[]).filter((name) => world.progress(user, name).unlocked);
    const headshots = world.progress(user, "HEADSHOTS_15").count;
    const maps = world.progress(user, "EVERY_MAP").bits;
    const time = world.score(user, "BEST_TIME");
    return [
      alias,
      String(arena + 1),
      String(world.progress(user, "KILLS_1000000").count),
      String(headshots),
      [0, 1, 2].map((map) => (maps.has(map) ? "1" : "0")).join(""),
      String(world.score(user, "POINTS") ?? "-"),
      time === undefined ? "-" : `${(time / 1_000).toFixed(3)} s`,
      unlocked.join(" ") || "-",
    ];
  });
  return table(["player", "room", "kills", "headshots", "maps", "points", "best time", "unlocked"], rows, "lrrrlrrl");
}

export function totalsTable({ totals }: DemoResult): string {
  const { requests, reads, intents } = totals;
  const share = intents === 0 ? "-" : ((requests + reads) / intents).toFixed(2);
  const rows = [
    ["matches", totals.matches, "requests", requests, "owed", totals.owed],
    ["events", totals.events, "reads", reads, "dead", totals.dead],
    ["intents", intents, "identity", totals.identity, "lost", totals.lost],
    ["merged", totals.merged, "faults", totals.faults, "doubled", totals.doubled],
    ["suppressed", totals.suppressed, "per intent", share, "seconds", totals.seconds],
  ].map((row) => row.map(String));
  return table([], rows, "lrlrlr", "   ");
}

function table(heads: readonly string[], rows: readonly (readonly string[])[], sides: string, gap = "  "): string {
  const lines = heads.length === 0 ? rows : [heads, ...rows];
  const widths = [...sides].map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const text = lines.map((line) =>
    line
      .map((cell, column) =>
        sides[column] === "r" ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join(gap)
      .trimEnd(),
  );
  if (heads.length > 0) text.splice(1, 0, widths.map((width) => "─".repeat(width)).join(gap));
  return text.join("\n");
}
