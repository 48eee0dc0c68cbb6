import * as z from "zod";
import {
  defineAchievement,
  namesParam,
  readDefinitions,
  type AchievementToDefine,
  type PlatformAchievement,
} from "./achievement-definitions.ts";
import type { Caller, CallOptions } from "./call.ts";
import { sendDone } from "./done.ts";
import { checkAmount, checkBits, checkName, checkRequest, checkUserId } from "./inputs.ts";
import { pageOf, type Page, type ListOptions, type Pager } from "./pages.ts";
import type { OperationName } from "./operation.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import { flag, instant, unsigned64 } from "../wire/json.ts";
import { partOf, rowOf, type Raw } from "../wire/row.ts";

/** At least one of the three changes; an `unlock` of any kind is `forceUnlock`. */
export interface AchievementWrite {
  readonly userId: string;
  readonly apiName: string;
  /** Added to the counter, at least 1. Not replay-safe. */
  readonly addCount?: number | bigint | undefined;
  /** Text of 0 and 1, bit i at position i from the left; OR-ed. */
  readonly addBits?: string | undefined;
  readonly forceUnlock?: boolean | undefined;
}

export interface AchievementWritten {
  readonly apiName: string;
  /** This very call unlocked it. */
  readonly justUnlocked: boolean;
}

/** One row of a player's progress. What the platform left out is undefined: unknown, not zero. One that cannot be read is all `raw`. */
export interface AchievementProgress extends Raw {
  /** Undefined where the answer does not say which achievement the row is about: read that one alone with `readOne`. */
  readonly apiName?: string;
  readonly target?: bigint;
  readonly count?: bigint;
  /** Text of 0 and 1. */
  readonly bits?: string;
  readonly isUnlocked?: boolean;
  readonly unlockedAt?: Date;
}

export interface AchievementCalls {
  /** A1: creates or updates a definition; answers its id. */
  define(wanted: AchievementToDefine, options?: CallOptions): Promise<string>;
  /** A2: definitions, archived ones included where asked for. Names that do not exist are just missing. */
  definitions(
    filter?: { readonly apiNames?: readonly string[]; readonly includeArchived?: boolean },
    options?: ListOptions,
  ): Promise<readonly PlatformAchievement[]>;
  /** A3: adds progress or unlocks, with the app token. Throws `ambiguous` where an `addCount` may have been added. */
  write(write: AchievementWrite, options?: CallOptions): Promise<AchievementWritten>;
  /** A4: a player's progress, all pages. */
  read(
    userId: string,
    filter?: { readonly apiNames?: readonly string[] },
    options?: ListOptions,
  ): Promise<readonly AchievementProgress[]>;
  /** A4 for one achievement: its row; `absent` if there is none; `unreadable` if it cannot be told which row it is. */
  readOne(
    userId: string,
    apiName: string,
    options?: CallOptions,
  ): Promise<AchievementProgress | "absent" | "unreadable">;
  /** A5: wipes all progress of one user in this app, for good. */
  removeAll(userId: string, options?: CallOptions): Promise<void>;
}

const PROGRESS_FIELDS = "definition{api_name,target},count_progress,bitfield_progress,is_unlocked,unlock_time";

type Written = z.infer<typeof written>;

const written = z.object({ api_name: z.string().nullish(), just_unlocked: flag });

const progress: z.ZodType<AchievementProgress> = rowOf(
  {
    // Not given out: it is the user's id on one page and an id of its own on another.
    id: z.unknown().optional(),
    definition: partOf({
      id: z.unknown().optional(),
      api_name: z.string().nullish(),
      target: unsigned64.nullish(),
    }).nullish(),
    count_progress: unsigned64.nullish(),
    bitfield_progress: z
      .string()
      .regex(/^[01]*$/)
      .nullish(),
    is_unlocked: flag.nullish(),
    unlock_time: instant.nullish(),
  },
  (row) => ({
    apiName: row.definition?.api_name,
    target: row.definition?.target,
    count: row.count_progress,
    bits: row.bitfield_progress,
    isUnlocked: row.is_unlocked,
    unlockedAt: row.unlock_time,
  }),
);
/** A row that cannot be read is about some achievement: it stands for one that is unknown, never for one that is absent. */
const unreadRow = (came: unknown): AchievementProgress => ({
  raw: typeof came === "object" && came !== null ? { ...came } : { row: came },
});
const progressPage: z.ZodType<Page<AchievementProgress>> = pageOf(progress, unreadRow);

export function createAchievementCalls(caller: Caller, pager: Pager): AchievementCalls {
  const readAll = async (
    userId: string,
    apiNames: readonly string[] | undefined,
    operation: OperationName,
    options: ListOptions | undefined,
  ): Promise<readonly AchievementProgress[]> => {
    const at = { user_id: checkUserId(userId, operation) };
    const params = { fields: PROGRESS_FIELDS, ...namesParam(apiNames, operation) };
    const rows: AchievementProgress[] = [];
    for await (const page of pager({ operation, at, params, schema: progressPage }, options)) rows.push(...page.data);
    return rows;
  };

  return {
    define: (wanted, options) => defineAchievement(caller, wanted, options),
    definitions: (filter = {}, options) => readDefinitions(pager, filter, options),

    async write(write, options) {
      const operation = "achievements.write";
      checkRequest(write, operation);
      const at = { user_id: checkUserId(write.userId, operation) };
      const apiName = checkName(write.apiName, operation);
      const params = { api_name: apiName, ...changesOf(write, operation) };
      const fits = (answer: Written): boolean => answer.api_name == null || answer.api_name === apiName;
      const replaySafe = write.addCount === undefined;
      const answer = await caller({ operation, at, params, schema: written, fits, replaySafe }, options);
      return { apiName, justUnlocked: answer.just_unlocked };
    },

    read: (userId, filter = {}, options) => readAll(userId, filter.apiNames, "achievements.read", options),

    async readOne(userId, apiName, options) {
      const rows = await readAll(userId, [apiName], "achievements.readOne", options);
      const named = rows.find((row) => row.apiName === apiName);
      if (named !== undefined) return named;
      const unnamed = rows.filter((row) => row.apiName === undefined);
      if (unnamed.length === 0) return "absent";
      // The answer was asked for one name only, so a single row without a name is that one.
      return rows.length === 1 ? (unnamed[0] ?? "unreadable") : "unreadable";
    },

    async removeAll(userId, options) {
      const operation = "achievements.removeAll";
      await sendDone(caller, { operation, params: { user_id: checkUserId(userId, operation) } }, options);
    },
  };
}

function changesOf(write: AchievementWrite, operation: string): Record<string, string> {
  const changes: Record<string, string> = {};
  if (write.addCount !== undefined) changes["add_count"] = String(checkAmount(write.addCount, operation));
  if (write.addBits !== undefined) changes["add_bits"] = checkBits(write.addBits, operation);
  if (write.forceUnlock === true) changes["force_unlock"] = "true";
  if (Object.keys(changes).length === 0) {
    throw new QuestlineError("bad_input", `${operation}: give addCount, addBits or forceUnlock.`);
  }
  return changes;
}
