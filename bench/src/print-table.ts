import type { Row } from "./row.ts";

/** The rows as a Markdown table, with what stands beside them below each. */
export function table(rows: readonly Row[]): string {
  const head = "| row | value | goal | | what |\n| --- | ---: | ---: | --- | --- |";
  return [head, ...rows.map(line)].join("\n");
}

function line(row: Row): string {
  const goal = row.goal === undefined ? "" : "atMost" in row.goal ? `≤ ${row.goal.atMost}` : `≥ ${row.goal.atLeast}`;
  const value = row.value === null ? "" : `${row.value} ${row.unit}`;
  const because = row.bound ?? row.reason;
  const status = because === undefined ? row.status : `${row.status}: ${because}`;
  const beside = Object.entries(row.beside ?? {}).map(([name, number]) => `${name} ${number}`);
  const what = beside.length === 0 ? row.what : `${row.what}; ${beside.join(", ")}`;
  return `| ${row.name} | ${value} | ${goal} | ${status} | ${what} |`;
}
