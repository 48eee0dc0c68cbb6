import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Statements by the names of their SQL. */
export function prepared<Name extends string>(
  database: DatabaseSync,
  statements: Readonly<Record<Name, string>>,
): Readonly<Record<Name, StatementSync>> {
  const named = Object.entries<string>(statements).map(([name, sql]) => [name, database.prepare(sql)]);
  return Object.fromEntries(named) as Record<Name, StatementSync>;
}
