import * as z from "zod";
import { checkName, checkNumber, checkRequest, checkUserId, userTokenOf } from "./inputs.ts";
import { pageOf, type Page, type ListOptions, type Pager } from "./pages.ts";
import { rowList, type RowList } from "./row-list.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import type { Secret } from "../secrets/secret.ts";
import { idText, safeCount, signed64, unixSeconds } from "../wire/json.ts";
import { partOf, rowOf, type Raw } from "../wire/row.ts";

interface Query {
  readonly apiName: string;
  /** Rows per page, default: the platform's. Where large pages fail with HTTP 5xx, as on busy boards, smaller ones follow. */
  readonly limit?: number | undefined;
  /** Also asks for the number of entries: `totalCount`. */
  readonly summary?: boolean | undefined;
}

/** Which entries. What is relative to a viewer, or to that player's friends, needs that player's token. */
export type EntryQuery = Query &
  (
    | {
        readonly startAt?: "top" | { readonly offset: number } | undefined;
        readonly userIds?: readonly string[] | undefined;
        readonly filter?: undefined;
        readonly userToken?: string | Secret | undefined;
      }
    | {
        readonly startAt?: "top" | "viewer" | "viewer-or-top" | { readonly offset: number } | undefined;
        readonly userIds?: undefined;
        readonly filter?: "friends" | undefined;
        readonly userToken: string | Secret;
      }
  );

export interface LeaderboardEntry extends Raw {
  readonly id: string;
  readonly userId?: string;
  readonly alias?: string;
  readonly displayName?: string;
  readonly profileUrl?: string;
  /** Absolute, from 1. */
  readonly rank?: number;
  readonly score: bigint;
  readonly at?: Date;
  readonly extraData?: Uint8Array;
}

/** Entries as they are asked for, each id once. */
export interface EntryList extends RowList<LeaderboardEntry> {
  /** With `summary: true`, the number of entries on the board, known once the first entry was asked for. */
  readonly totalCount: number | undefined;
  /**
   * Reads the first page and the number of entries with it (missing where the platform leaves it out); the entries go on
   * from that page and can be walked once.
   */
  withSummary(): Promise<{ readonly totalCount?: number; readonly entries: RowList<LeaderboardEntry> }>;
}

const user = partOf({
  id: idText.nullish(),
  alias: z.string().nullish(),
  display_name: z.string().nullish(),
  profile_url: z.string().nullish(),
});

const entry: z.ZodType<LeaderboardEntry> = rowOf(
  {
    id: idText,
    user: user.nullish(),
    rank: safeCount.nullish(),
    score: signed64,
    timestamp: unixSeconds.nullish(),
    extra_data_base64: z.string().nullish(),
  },
  (row) => ({
    id: row.id,
    score: row.score,
    rank: row.rank,
    at: row.timestamp,
    userId: row.user?.id,
    alias: row.user?.alias,
    displayName: row.user?.display_name,
    profileUrl: row.user?.profile_url,
    extraData: row.extra_data_base64 == null ? undefined : bytesOf(row.extra_data_base64),
  }),
);

const entryPage: z.ZodType<Page<LeaderboardEntry>> = pageOf(entry);
const operation = "leaderboards.entries";
const START: Readonly<Record<string, string>> = { top: "TOP", viewer: "VIEWER", "viewer-or-top": "VIEWER_OR_TOP" };

export interface EntryListOptions {
  readonly pager: Pager;
  readonly query: EntryQuery;
  readonly options: ListOptions | undefined;
}

/** Throws `bad_input` at once for a query that cannot be asked. */
export function createEntryList({ pager, query, options }: EntryListOptions): EntryList {
  checkRequest(query, operation);
  const userToken = userTokenOf(query.userToken, operation);
  const first = { operation, params: paramsOf(query), schema: entryPage, userToken } as const;
  let totalCount: number | undefined;
  const counted = async function* (asked: typeof first): AsyncGenerator<Page<LeaderboardEntry>> {
    for await (const page of pager(asked, options)) {
      totalCount = page.summary?.total_count ?? totalCount;
      yield page;
    }
  };
  const list = rowList(() => counted(first), idOf);
  return {
    get totalCount() {
      return totalCount;
    },
    get skipped() {
      return list.skipped;
    },
    [Symbol.asyncIterator]: () => list[Symbol.asyncIterator](),
    async withSummary() {
      const pages = counted({ ...first, params: { ...first.params, summary: "true" } });
      const opening = await pages.next();
      const rest = async function* (): AsyncGenerator<Page<LeaderboardEntry>> {
        if (opening.done !== true) yield opening.value;
        yield* pages;
      };
      const count = opening.value?.summary?.total_count;
      return { ...(count === undefined ? undefined : { totalCount: count }), entries: rowList(rest, idOf) };
    },
  };
}

const idOf = (row: LeaderboardEntry): string => row.id;

function paramsOf(query: EntryQuery): Record<string, string> {
  const { startAt = "top", limit } = query;
  const isRelative = startAt === "viewer" || startAt === "viewer-or-top" || query.filter === "friends";
  if (isRelative && query.userToken === undefined) {
    throw new QuestlineError("bad_input", `${operation}: a viewer's place and friends need that player's userToken.`);
  }
  const params: Record<string, string> = {
    api_name: checkName(query.apiName, operation),
    fields: "id,user{id,alias,display_name,profile_url},rank,score,timestamp,extra_data_base64",
  };
  if (typeof startAt === "object") {
    params["start_at"] = "OFFSET";
    params["offset"] = checkNumber(startAt.offset, `${operation}: startAt.offset`, 0);
  } else {
    const start = Object.hasOwn(START, startAt) ? START[startAt] : undefined;
    if (start === undefined)
      throw new QuestlineError("bad_input", `${operation}: startAt cannot be ${shownValue(startAt)}.`);
    params["start_at"] = start;
  }
  if (query.filter === "friends") params["filter"] = "FRIENDS";
  if (query.userIds !== undefined) {
    params["filter"] = "USER_IDS";
    params["user_ids"] = JSON.stringify(query.userIds.map((id) => checkUserId(id, operation)));
  }
  if (limit !== undefined) params["limit"] = checkNumber(limit, `${operation}: limit`, 1);
  if (query.summary === true) params["summary"] = "true";
  return params;
}

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
