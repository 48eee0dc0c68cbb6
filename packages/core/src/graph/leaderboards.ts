import * as z from "zod";
import { defined } from "./achievement-definitions.ts";
import { untilGone, type Gone } from "./already-gone.ts";
import type { Caller, CallOptions } from "./call.ts";
import { sendDone } from "./done.ts";
import { createEntryList, type EntryList, type EntryQuery } from "./leaderboard-entries.ts";
import * as check from "./inputs.ts";
import { pageOf, type ListOptions, type Pager } from "./pages.ts";
import { POLICY_WORDS, writesOf } from "./write-policy.ts";
import type { Secret } from "../secrets/secret.ts";
import { flag, idText, safeCount } from "../wire/json.ts";
import { rowOf, type Raw } from "../wire/row.ts";

/** A leaderboard as the platform has it. */
export interface PlatformLeaderboard extends Raw {
  readonly id: string;
  /** Undefined where the platform does not say it. */
  readonly apiName?: string;
  readonly sort?: "higher-is-better" | "lower-is-better";
  readonly writes?: "server" | "client";
  readonly entryCount?: number;
}

/** What a board shall be; a name that exists is updated. */
export interface LeaderboardToDefine {
  readonly apiName: string;
  readonly sort: "higher-is-better" | "lower-is-better";
  readonly writes: "server" | "client";
  /** Entries are only taken between these two. */
  readonly opensAt?: Date;
  readonly closesAt?: Date;
  /** Title by locale, such as `{ en_US: "Best time" }`. */
  readonly titles?: Readonly<Record<string, string>>;
}

interface Score {
  readonly apiName: string;
  /** Whole, signed 64-bit. */
  readonly score: number | bigint;
  /** Bytes, or standard base64; at most 2048 bytes before encoding. */
  readonly extraData?: Uint8Array | string | undefined;
  /** Replaces a better score too. */
  readonly force?: boolean | undefined;
}

/** With the app token for a named user, or with that user's own token: never both. */
export type ScoreSubmission = Score &
  (
    | { readonly userId: string; readonly userToken?: undefined }
    | { readonly userToken: string | Secret; readonly userId?: undefined }
  );

export interface ScoreSubmitted {
  /** Whether it replaced what stood there; undefined where the answer does not say. */
  readonly didUpdate?: boolean;
}

export interface LeaderboardCalls {
  /** L1: creates or updates a board; answers its id. Score type and visibility are set in the dashboard. */
  define(wanted: LeaderboardToDefine, options?: CallOptions): Promise<string>;
  /** L2: one board by name, or all. */
  list(filter?: { readonly apiName?: string }, options?: ListOptions): Promise<readonly PlatformLeaderboard[]>;
  /** L3: creates or improves a user's entry. Server-authoritative boards need `userId`, client-authoritative ones `userToken`. */
  submit(submission: ScoreSubmission, options?: CallOptions): Promise<ScoreSubmitted>;
  /** L4: entries, page by page as they are taken. Nothing is sent before the first is asked for. */
  entries(query: EntryQuery, options?: ListOptions): EntryList;
  /** L5: deletes one entry, by the id that `entries` shows, for good. */
  deleteEntry(entryId: string, options?: CallOptions): Promise<Gone>;
  /** L6: empties a board, for good. `closeSeason` keeps what is newer than a season's end. */
  removeAllEntries(apiName: string, options?: CallOptions): Promise<void>;
  /** L7: deletes a board by its id, for good. */
  delete(leaderboardId: string, options?: CallOptions): Promise<Gone>;
}

const SORT_WORDS: Readonly<Record<string, string>> = {
  "higher-is-better": "HIGHER_IS_BETTER",
  "lower-is-better": "LOWER_IS_BETTER",
};

const board: z.ZodType<PlatformLeaderboard> = rowOf(
  {
    id: idText,
    api_name: z.string().nullish(),
    sort_order: z.string().nullish(),
    entry_write_policy: z.string().nullish(),
    entry_count: safeCount.nullish(),
  },
  (row) => ({
    id: row.id,
    apiName: row.api_name,
    sort: row.sort_order == null ? undefined : /^lower/i.test(row.sort_order) ? "lower-is-better" : "higher-is-better",
    writes: writesOf(row.entry_write_policy).writes,
    entryCount: row.entry_count,
  }),
);
const boardPage = pageOf(board);

const submitted = z
  .object({ did_update: flag.nullish(), success: z.literal(true).nullish() })
  .refine((answer) => answer.did_update != null || answer.success != null);

export function createLeaderboardCalls(caller: Caller, pager: Pager): LeaderboardCalls {
  return {
    async define(wanted, options) {
      const operation = "leaderboards.define";
      check.checkRequest(wanted, operation);
      const { opensAt, closesAt, titles } = wanted;
      const params: Record<string, string> = {
        api_name: check.checkName(wanted.apiName, operation),
        sort_order: check.checkWord(wanted.sort, `${operation}: sort`, SORT_WORDS),
        entry_write_policy: check.checkWord(wanted.writes, `${operation}: writes`, POLICY_WORDS),
      };
      if (opensAt) params["earliest_allowed_entry_time"] = check.checkTime(opensAt, `${operation}: opensAt`);
      if (closesAt) params["latest_allowed_entry_time"] = check.checkTime(closesAt, `${operation}: closesAt`);
      if (titles !== undefined) params["title_locale_map"] = JSON.stringify(titles);
      return (await caller({ operation, params, schema: defined }, options)).id;
    },

    async list(filter = {}, options) {
      const operation = "leaderboards.list";
      const asked = filter.apiName === undefined ? undefined : check.checkName(filter.apiName, operation);
      const params = {
        fields: "api_name,sort_order,entry_write_policy,entry_count",
        ...(asked === undefined ? undefined : { api_name: asked }),
      };
      const rows: PlatformLeaderboard[] = [];
      for await (const page of pager({ operation, params, schema: boardPage }, options)) {
        for (const row of page.data) rows.push(asked === undefined ? row : { apiName: asked, ...row });
      }
      return rows;
    },

    async submit(submission, options) {
      const operation = "leaderboards.submit";
      check.checkEither(submission, ["userId", "userToken"], operation);
      const { userId, extraData } = submission;
      const params = {
        api_name: check.checkName(submission.apiName, operation),
        score: String(check.checkScore(submission.score, operation)),
        ...(userId === undefined ? undefined : { user_id: check.checkUserId(userId, operation) }),
        ...(extraData === undefined ? undefined : { extra_data_base64: check.checkExtraData(extraData, operation) }),
        ...(submission.force === true ? { force_update: "true" } : undefined),
      };
      const userToken = check.userTokenOf(submission.userToken, operation);
      const answer = await caller({ operation, params, schema: submitted, userToken }, options);
      return answer.did_update == null ? {} : { didUpdate: answer.did_update };
    },

    entries: (query, options) => createEntryList({ pager, query, options }),

    async deleteEntry(entryId, options) {
      const operation = "leaderboards.deleteEntry";
      const at = { entry_id: check.checkId(entryId, `${operation}: the entry`) };
      return untilGone(sendDone(caller, { operation, at, params: {} }, options));
    },

    async removeAllEntries(apiName, options) {
      const operation = "leaderboards.removeAllEntries";
      await sendDone(caller, { operation, params: { api_name: check.checkName(apiName, operation) } }, options);
    },

    async delete(leaderboardId, options) {
      const operation = "leaderboards.delete";
      const at = { leaderboard_id: check.checkId(leaderboardId, `${operation}: the leaderboard`) };
      return untilGone(sendDone(caller, { operation, at, params: {} }, options));
    },
  };
}
