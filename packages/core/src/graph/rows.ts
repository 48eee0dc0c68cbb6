import * as z from "zod";
import { misfit } from "../wire/row.ts";

/** The rows of one page that could be read, and what was wrong with each of the others. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  readonly skipped: readonly string[];
}

/**
 * A list of rows, where one that cannot be read costs nothing but itself: it is left out, or stands as `standIn` makes it of
 * what came, and is counted either way.
 */
export function rowsOf<Row>(row: z.ZodType<Row>, standIn?: (came: unknown) => Row): z.ZodType<Rows<Row>> {
  return z.array(z.unknown()).transform((all): Rows<Row> => {
    const rows: Row[] = [];
    const skipped: string[] = [];
    for (const came of all) {
      const read = row.safeParse(came);
      if (!read.success) skipped.push(misfit(read.error, "the row"));
      if (read.success) rows.push(read.data);
      else if (standIn !== undefined) rows.push(standIn(came));
    }
    return { rows, skipped };
  });
}
