import { readFileSync } from "node:fs";

/** One section of the page whose table is checked: its heading, and the table's rows as the text of their cells. */
export interface ContractTable {
  readonly heading: string;
  readonly rows: readonly (readonly string[])[];
}

/** Every section of the page that holds a table, in order; a section with two tables comes once, rows joined. */
export function readContractPage(file: URL): readonly ContractTable[] {
  return readFileSync(file, "utf8")
    .split(/^#{2,6} /m)
    .slice(1)
    .map((section) => {
      const [heading = "", ...lines] = section.split("\n");
      return { heading: heading.trim(), rows: tableRows(lines) };
    })
    .filter(({ rows }) => rows.length > 0);
}

/** The names in backticks in the first column, a cell with several names (`a` + `b`) giving each. */
export function firstColumn(table: ContractTable): readonly string[] {
  return table.rows.flatMap((row) => backticked(row[0] ?? ""));
}

/** What stands between backticks, pipes unescaped. */
export function backticked(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1]!.replaceAll("\\|", "|"));
}

function tableRows(lines: readonly string[]): readonly (readonly string[])[] {
  const isRow = (line: string | undefined): boolean => line?.trimStart().startsWith("|") ?? false;
  const isRule = (line: string | undefined): boolean => /^\s*\|[\s:|-]+$/.test(line ?? "");
  return lines
    .filter((line, at) => isRow(line) && !isRule(line) && !isRule(lines[at + 1]))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}
