import type { Page } from "./pages.ts";

/** Rows as they are asked for, page by page. Nothing is sent before the first is taken; every walk starts anew. */
export interface RowList<Row> extends AsyncIterable<Row> {
  /** Rows of the latest walk that could not be read and were left out. */
  readonly skipped: number;
}

/** The rows of all pages, each key once: lists change between two pages, so a row may come on both. */
export function rowList<Row>(pages: () => AsyncIterable<Page<Row>>, keyOf?: (row: Row) => string): RowList<Row> {
  let skipped = 0;
  return {
    get skipped() {
      return skipped;
    },
    async *[Symbol.asyncIterator]() {
      skipped = 0;
      const seen = new Set<string>();
      for await (const page of pages()) {
        skipped += page.skipped?.length ?? 0;
        for (const row of page.data) {
          const key = keyOf?.(row);
          if (key !== undefined && seen.has(key)) continue;
          if (key !== undefined) seen.add(key);
          yield row;
        }
      }
    },
  };
}
