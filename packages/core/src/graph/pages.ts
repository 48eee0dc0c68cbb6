import * as z from "zod";
import type { Call, Caller, CallOptions } from "./call.ts";
import { checkNumber } from "./inputs.ts";
import { rowsOf } from "./rows.ts";
import { safeCount } from "../wire/json.ts";
import type { Clock } from "../runtime/clock.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { NoAnswerError, UnreadableAnswerError } from "../errors/unanswered-errors.ts";

/** What a call that walks pages takes: it ends also where a server never stops giving new ones. */
export interface ListOptions extends CallOptions {
  /** The most rows of one walk; beyond it throws `unreadable_answer`. Default 1 000 000. */
  readonly maxRows?: number | undefined;
  /** The longest that one walk may wait for its pages in all, ms; beyond it throws `no_answer`. Default 1 800 000. */
  readonly maxWaitMs?: number | undefined;
}

const BOUNDS = { maxRows: 1_000_000, maxWaitMs: 1_800_000 };
/** Pages may be empty. */
const MOST_PAGES = 100_000;

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
  readonly options?: ListOptions | undefined;
  readonly clock: Clock;
  /** A link to any other host is refused. */
  readonly ownHosts: ReadonlySet<string>;
  readonly onSkippedRow?: ((row: SkippedRow) => void) | undefined;
}

/** Page sizes tried after one that failed; busy boards have been seen to fail on large pages and answer smaller ones. */
const SMALLER_PAGES = [50, 25, 10, 5];

/** Walks the pages of a list. */
export type Pager = <Row>(first: Call<Page<Row>>, options?: ListOptions) => AsyncGenerator<Page<Row>>;

/**
 * All pages, by the cursor, within the bounds of `options`. Links are never followed and never shown: they hold the token. A
 * link to a foreign host, a cursor that comes again and a link without a cursor end it with `unreadable_answer`. An empty
 * link is none: federated users' pages end so.
 */
export async function* walkPages<Row>(walk: PageWalk<Row>): AsyncGenerator<Page<Row>> {
  const { first, ownHosts, clock, onSkippedRow } = walk;
  const { operation } = first;
  const { maxRows, maxWaitMs, ...options } = boundsOf(walk.options, operation);
  const seen = new Set<string>();
  let call = first;
  let room = maxRows;
  let waitedMs = 0;
  for (;;) {
    if (waitedMs >= maxWaitMs) throw tooLong(operation, maxWaitMs);
    const askedAt = clock.monotonic();
    const answer = await pageOrSmaller(walk.caller, call, options);
    waitedMs += clock.monotonic() - askedAt;
    call = answer.call;
    if (answer.page === undefined) continue;
    const { page } = answer;
    for (const problem of page.skipped ?? []) onSkippedRow?.({ operation, problem });
    const left = room;
    room -= page.data.length;
    yield room < 0 ? { ...page, data: page.data.slice(0, left) } : page;
    if (room < 0) throw unreadable(operation, `there are more than ${maxRows} rows; raise maxRows if there really are`);
    const after = cursorAfter(page, operation, ownHosts);
    if (after === undefined) return;
    if (seen.has(after)) throw unreadable(operation, "a page's cursor came a second time");
    if (seen.size >= MOST_PAGES) throw unreadable(operation, `there are more than ${MOST_PAGES} pages`);
    seen.add(after);
    call = { ...call, params: { ...call.params, after } };
  }
}

/** The page, or the same call for fewer rows where it failed with HTTP 5xx or took too long, and `limit` was given. */
async function pageOrSmaller<Row>(
  caller: Caller,
  call: Call<Page<Row>>,
  options: CallOptions,
): Promise<{ readonly call: Call<Page<Row>>; readonly page?: Page<Row> }> {
  try {
    return { call, page: await caller(call, options) };
  } catch (error) {
    const limit = Number(call.params["limit"] ?? 0);
    const smaller = SMALLER_PAGES.find((size) => size < limit);
    if (smaller === undefined || !isTooMuch(error)) throw error;
    return { call: { ...call, params: { ...call.params, limit: String(smaller) } } };
  }
}

function boundsOf(options: ListOptions = {}, operation: string): ListOptions & typeof BOUNDS {
  const { maxRows = BOUNDS.maxRows, maxWaitMs = BOUNDS.maxWaitMs } = options;
  checkNumber(maxRows, `${operation}: maxRows`, 1);
  checkNumber(maxWaitMs, `${operation}: maxWaitMs`, 1);
  return { ...options, maxRows, maxWaitMs };
}

function tooLong(operation: string, maxWaitMs: number): NoAnswerError {
  const facts = { operation, applied: "no", transient: false, retryable: false, timedOut: true } as const;
  const words = `${operation} stopped: its pages took longer than ${maxWaitMs} ms in all; raise maxWaitMs if they may.`;
  return new NoAnswerError(words, facts);
}

const isTooMuch = (error: unknown): boolean =>
  isGraphError(error) && ((error.status ?? 0) >= 500 || error.timedOut === true);

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
