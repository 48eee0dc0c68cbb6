import * as z from "zod";
import type { Call, Caller, CallOptions } from "./call.ts";
import { rowsOf } from "./rows.ts";
import { safeCount } from "../wire/json.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { UnreadableAnswerError } from "../errors/unanswered-errors.ts";

/** Far above any real list; ends a server that never stops giving new cursors. */
const MOST_PAGES = 10_000;

interface Paging {
  readonly cursors?: { readonly after?: string | null | undefined } | null | undefined;
  readonly next?: string | null | undefined;
}

export const paging: z.ZodType<Paging> = z.object({
  cursors: z.object({ after: z.string().nullish() }).nullish(),
  next: z.string().nullish(),
});

export interface Page<Row> {
  readonly data: readonly Row[];
  /** What was wrong with each row that could not be read. */
  readonly skipped?: readonly string[];
  readonly summary?: { readonly total_count?: number | undefined } | null | undefined;
  readonly paging?: Paging | null | undefined;
}

/** The schema of one page of `row`s; a row that cannot be read is left out, or stands as `standIn` makes it. */
export function pageOf<Row>(row: z.ZodType<Row>, standIn?: (came: unknown) => Row): z.ZodType<Page<Row>> {
  return z
    .object({
      data: rowsOf(row, standIn),
      summary: z.object({ total_count: safeCount.optional() }).nullish(),
      paging: paging.nullish(),
    })
    .transform(({ data: { rows, skipped }, ...rest }) => ({ ...rest, data: rows, skipped }));
}

/** A row of a list that could not be read. */
export interface SkippedRow {
  /** The call, such as `purchases.owned`. */
  readonly operation: string;
  /** Which member, never what it held. */
  readonly problem: string;
}

export interface PageWalk<Row> {
  readonly caller: Caller;
  readonly first: Call<Page<Row>>;
  readonly options?: CallOptions | undefined;
  /** A link to any other host is refused. */
  readonly ownHosts: ReadonlySet<string>;
  readonly onSkippedRow?: ((row: SkippedRow) => void) | undefined;
}

/** Page sizes tried after one that failed; busy boards have been seen to fail on large pages and answer smaller ones. */
const SMALLER_PAGES = [50, 25, 10, 5];

/** Walks the pages of a list. */
export type Pager = <Row>(first: Call<Page<Row>>, options?: CallOptions) => AsyncGenerator<Page<Row>>;

/**
 * All pages, by the cursor. A page that fails with HTTP 5xx is asked for again with fewer rows, where `limit` was given.
 * Links are never followed and never shown: they hold the token. A link to a foreign host, a cursor that comes again and
 * a link without a cursor end it with `unreadable_answer`. An empty link is none: federated users' pages end so.
 */
export async function* walkPages<Row>({
  caller,
  first,
  options,
  ownHosts,
  onSkippedRow,
}: PageWalk<Row>): AsyncGenerator<Page<Row>> {
  const seen = new Set<string>();
  let call = first;
  for (;;) {
    const limit = Number(call.params["limit"] ?? 0);
    let page: Page<Row>;
    try {
      page = await caller(call, options);
    } catch (error) {
      const smaller = SMALLER_PAGES.find((size) => size < limit);
      if (smaller === undefined || !isGraphError(error) || (error.status ?? 0) < 500) throw error;
      call = { ...call, params: { ...call.params, limit: String(smaller) } };
      continue;
    }
    for (const problem of page.skipped ?? []) onSkippedRow?.({ operation: first.operation, problem });
    yield page;
    const after = cursorAfter(page, first.operation, ownHosts);
    if (after === undefined) return;
    if (seen.has(after)) throw unreadable(first.operation, "a page's cursor came a second time");
    if (seen.size >= MOST_PAGES) throw unreadable(first.operation, `there are more than ${MOST_PAGES} pages`);
    seen.add(after);
    call = { ...call, params: { ...call.params, after } };
  }
}

function cursorAfter(page: Page<unknown>, operation: string, ownHosts: ReadonlySet<string>): string | undefined {
  const next = page.paging?.next ?? "";
  if (next === "") return undefined;
  const link = URL.canParse(next) ? new URL(next) : undefined;
  if (link === undefined) throw unreadable(operation, "the link to the next page is not a URL");
  if (!ownHosts.has(link.hostname)) {
    throw unreadable(operation, `the link to the next page points to another host (${link.hostname})`);
  }
  const after = page.paging?.cursors?.after || link.searchParams.get("after");
  if (!after) throw unreadable(operation, "there is a next page, but no cursor for it");
  return after;
}

function unreadable(operation: string, what: string): UnreadableAnswerError {
  const facts = { operation, applied: "no", transient: false, retryable: false, status: 200 } as const;
  return new UnreadableAnswerError(`${operation} got an answer that cannot be read: ${what}.`, facts);
}
