import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { createEntryList, type EntryList, type EntryQuery } from "./leaderboard-entries.ts";
import { checkCredential, checkExtraData, checkName, checkRequest, checkScore, checkUserId } from "./inputs.ts";
import { idText, safeCount } from "./json.ts";
import { pageOf, walkPages } from "./pages.ts";
import { writesOf } from "./write-policy.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import type { Secret } from "../secrets/secret.ts";

/** A leaderboard as the platform has it. */
export interface PlatformLeaderboard {
  readonly id: string;
  /** Undefined where the platform does not say it. */
  readonly apiName?: string;
  readonly sort?: "higher-is-better" | "lower-is-better";
  readonly writes?: "server" | "client";
  readonly entryCount?: number;
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
  /** L2: one board by name, or all. */
  list(filter?: { readonly apiName?: string }, options?: CallOptions): Promise<readonly PlatformLeaderboard[]>;
  /** L3: creates or improves a user's entry. Server-authoritative boards need `userId`, client-authoritative ones `userToken`. */
  submit(submission: ScoreSubmission, options?: CallOptions): Promise<ScoreSubmitted>;
  /** L4: entries, page by page as they are taken. Nothing is sent before the first is asked for. */
  entries(query: EntryQuery, options?: CallOptions): EntryList;
}

const board = z.object({
  id: idText,
  api_name: z.string().nullish(),
  sort_order: z.string().nullish(),
  entry_write_policy: z.string().nullish(),
  entry_count: safeCount.nullish(),
});
const boardPage = pageOf(board);

const submitted = z
  .object({ did_update: z.boolean().nullish(), success: z.literal(true).nullish() })
  .refine((answer) => answer.did_update != null || answer.success != null);

export function createLeaderboardCalls(caller: Caller, appId: string, ownHosts: ReadonlySet<string>): LeaderboardCalls {
  return {
    async list(filter = {}, options) {
      const operation = "leaderboards.list";
      const asked = filter.apiName === undefined ? undefined : checkName(filter.apiName, operation);
      const params = {
        fields: "api_name,sort_order,entry_write_policy,entry_count",
        ...(asked === undefined ? undefined : { api_name: asked }),
      };
      const path = `/${appId}/leaderboards`;
      const first = { operation, method: "GET", kind: "read", path, params, schema: boardPage } as const;
      const rows: PlatformLeaderboard[] = [];
      for await (const page of walkPages({ caller, first, options, ownHosts })) {
        for (const row of page.data) rows.push(boardOf(row, asked));
      }
      return rows;
    },

    async submit(submission, options) {
      const operation = "leaderboards.submit";
      checkRequest(submission, operation);
      const { userId, userToken } = submission;
      if ((userId === undefined) === (userToken === undefined)) {
        throw new QuestlineError("bad_input", `${operation}: give either userId or userToken, and not both.`);
      }
      const params = {
        api_name: checkName(submission.apiName, operation),
        score: String(checkScore(submission.score, operation)),
        ...(userId === undefined ? undefined : { user_id: checkUserId(userId, operation) }),
        ...(submission.extraData === undefined
          ? undefined
          : { extra_data_base64: checkExtraData(submission.extraData, operation) }),
        ...(submission.force === true ? { force_update: "true" } : undefined),
      };
      const token =
        userToken === undefined ? undefined : checkCredential(userToken, `${operation}: userToken`, "user-token");
      const path = "/leaderboard_submit_entry";
      const call = {
        operation,
        method: "POST",
        kind: "write",
        path,
        params,
        schema: submitted,
        userToken: token,
      } as const;
      const answer = await caller(call, options);
      return answer.did_update == null ? {} : { didUpdate: answer.did_update };
    },

    entries: (query, options) => createEntryList({ caller, query, options, ownHosts }),
  };
}

function boardOf(row: z.infer<typeof board>, asked: string | undefined): PlatformLeaderboard {
  const apiName = row.api_name ?? asked;
  const sort = row.sort_order == null ? undefined : /^lower/i.test(row.sort_order) ? "lower" : "higher";
  return {
    id: row.id,
    ...(apiName === undefined ? undefined : { apiName }),
    ...(sort === undefined ? undefined : { sort: `${sort}-is-better` as const }),
    ...writesOf(row.entry_write_policy),
    ...(row.entry_count == null ? undefined : { entryCount: row.entry_count }),
  };
}
