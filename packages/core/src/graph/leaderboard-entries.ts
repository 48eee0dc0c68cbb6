import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { checkCredential, checkName, checkRequest, checkUserId } from "./inputs.ts";
import { idText, safeCount, signed64, unixSeconds } from "./json.ts";
import { pageOf, walkPages, type Page } from "./pages.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { shownValue } from "../ids/ids.ts";
import type { Secret } from "../secrets/secret.ts";

interface Query {
  readonly apiName: string;
  /** Rows per page; large values are known to fail now and then on busy boards. Default: the platform's. */
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

export interface LeaderboardEntry {
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
export interface EntryList extends AsyncIterable<LeaderboardEntry> {
  /** With `summary: true`, the number of entries on the board, known once the first entry was asked for. */
  readonly totalCount: number | undefined;
}

const user = z.object({
  id: idText,
  alias: z.string().nullish(),
  display_name: z.string().nullish(),
  profile_url: z.string().nullish(),
});

const entry: z.ZodType<LeaderboardEntry> = z
  .object({
    id: idText,
    user: user.nullish(),
    rank: safeCount.nullish(),
    score: signed64,
    timestamp: unixSeconds.nullish(),
    extra_data_base64: z.string().nullish(),
  })
  .transform((row) => ({
    id: row.id,
    score: row.score,
    ...(row.rank == null ? undefined : { rank: row.rank }),
    ...(row.timestamp == null ? undefined : { at: row.timestamp }),
    ...(row.user == null ? undefined : { userId: row.user.id }),
    ...(row.user?.alias == null ? undefined : { alias: row.user.alias }),
    ...(row.user?.display_name == null ? undefined : { displayName: row.user.display_name }),
    ...(row.user?.profile_url == null ? undefined : { profileUrl: row.user.profile_url }),
    ...(row.extra_data_base64 == null ? undefined : { extraData: bytesOf(row.extra_data_base64) }),
  }));

const entryPage: z.ZodType<Page<LeaderboardEntry>> = pageOf(entry);
const operation = "leaderboards.entries";
const START: Readonly<Record<string, string>> = { top: "TOP", viewer: "VIEWER", "viewer-or-top": "VIEWER_OR_TOP" };

export interface EntryListOptions {
  readonly caller: Caller;
  readonly query: EntryQuery;
  readonly options: CallOptions | undefined;
  readonly ownHosts: ReadonlySet<string>;
}

/** Throws `bad_input` at once for a query that cannot be asked. */
export function createEntryList({ caller, query, options, ownHosts }: EntryListOptions): EntryList {
  checkRequest(query, operation);
  const params = paramsOf(query);
  const token =
    query.userToken === undefined
      ? undefined
      : checkCredential(query.userToken, `${operation}: userToken`, "user-token");
  const path = "/leaderboard_entries";
  const first = { operation, method: "GET", kind: "read", path, params, schema: entryPage, userToken: token } as const;
  let totalCount: number | undefined;
  return {
    get totalCount() {
      return totalCount;
    },
    async *[Symbol.asyncIterator]() {
      // Scores change between two pages, so a row may come on both.
      const seen = new Set<string>();
      for await (const page of walkPages({ caller, first, options, ownHosts })) {
        totalCount = page.summary?.total_count ?? totalCount;
        for (const row of page.data) {
          if (seen.has(row.id)) continue;
          seen.add(row.id);
          yield row;
        }
      }
    },
  };
}

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
    params["offset"] = checkCount(startAt.offset, "startAt.offset", 0);
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
  if (limit !== undefined) params["limit"] = checkCount(limit, "limit", 1);
  if (query.summary === true) params["summary"] = "true";
  return params;
}

function checkCount(value: unknown, what: string, least: number): string {
  if (!Number.isSafeInteger(value) || (value as number) < least) {
    throw new QuestlineError(
      "bad_input",
      `${operation}: ${what} must be a whole number from ${least}, not ${shownValue(value)}.`,
    );
  }
  return String(value);
}

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
