import type { SkippedRow } from "./graph/pages.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Logger } from "./runtime/log.ts";
import { createNotice } from "./runtime/notice.ts";

/** Warns of rows that could not be read: the first of each operation at once, then how many there were, once a minute. */
export function skippedRowNotice(clock: Clock, logger: Logger): (row: SkippedRow) => void {
  const notice = createNotice<SkippedRow>({
    clock,
    say: (row, rows) =>
      logger.warn({ ...row, rows }, "Rows of the platform's answers could not be read and were left out."),
  });
  return (row) => notice(row.operation, row);
}
