/** Why a thread ended by itself, in words: what it did not catch, else its exit code. */
export function threadEndText(uncaught: unknown, exitCode: number): string {
  if (uncaught === undefined) return `exit code ${exitCode}`;
  if (!(uncaught instanceof Error)) return `it threw ${String(uncaught)}`;
  const code = "code" in uncaught && typeof uncaught.code === "string" ? `${uncaught.code}, ` : "";
  return `${code}${uncaught.message}`;
}
