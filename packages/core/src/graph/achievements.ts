import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { checkAmount, checkBits, checkName, checkRequest, checkUserId } from "./inputs.ts";
import { idText, safeCount, unixSeconds, unsigned64 } from "./json.ts";
import { pageOf, walkPages, type Page } from "./pages.ts";
import { writesOf } from "./write-policy.ts";
import { QuestlineError } from "../errors/questline-error.ts";

/** A definition as the platform has it. */
export interface PlatformAchievement {
  readonly id: string;
  readonly apiName: string;
  readonly type: "simple" | "count" | "bitfield";
  readonly writes?: "server" | "client";
  /** A count's threshold, or the number of bits a bitfield needs. */
  readonly target?: bigint;
  readonly bitfieldLength?: number;
  readonly isArchived?: boolean;
  readonly title?: string;
  readonly description?: string;
  readonly isSecret?: boolean;
}

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

/** One row of a player's progress. What the platform left out is undefined: unknown, not zero. */
export interface AchievementProgress {
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
  /** A2: definitions, archived ones included where asked for. Names that do not exist are just missing. */
  definitions(
    filter?: { readonly apiNames?: readonly string[]; readonly includeArchived?: boolean },
    options?: CallOptions,
  ): Promise<readonly PlatformAchievement[]>;
  /** A3: adds progress or unlocks, with the app token. */
  write(write: AchievementWrite, options?: CallOptions): Promise<AchievementWritten>;
  /** A4: a player's progress, all pages. */
  read(
    userId: string,
    filter?: { readonly apiNames?: readonly string[] },
    options?: CallOptions,
  ): Promise<readonly AchievementProgress[]>;
  /** A4 for one achievement: its row; `absent` if there is none; `unreadable` if it cannot be told which row it is. */
  readOne(
    userId: string,
    apiName: string,
    options?: CallOptions,
  ): Promise<AchievementProgress | "absent" | "unreadable">;
}

const DEFINITION_FIELDS =
  "api_name,achievement_type,achievement_write_policy,target,bitfield_length,is_archived,title,description,is_secret";
const PROGRESS_FIELDS = "definition{api_name,target},count_progress,bitfield_progress,is_unlocked,unlock_time";

const TYPES = { SIMPLE: "simple", COUNT: "count", BITFIELD: "bitfield" } as const;

const definition: z.ZodType<PlatformAchievement> = z
  .object({
    id: idText,
    api_name: z.string(),
    achievement_type: z
      .string()
      .toUpperCase()
      .pipe(z.enum(["SIMPLE", "COUNT", "BITFIELD"])),
    achievement_write_policy: z.string().nullish(),
    target: unsigned64.nullish(),
    bitfield_length: safeCount.nullish(),
    is_archived: z.boolean().nullish(),
    title: z.string().nullish(),
    description: z.string().nullish(),
    is_secret: z.boolean().nullish(),
  })
  .transform((row) => ({
    id: row.id,
    apiName: row.api_name,
    type: TYPES[row.achievement_type],
    ...writesOf(row.achievement_write_policy),
    ...(row.target == null ? undefined : { target: row.target }),
    ...(row.bitfield_length == null ? undefined : { bitfieldLength: row.bitfield_length }),
    ...(row.is_archived == null ? undefined : { isArchived: row.is_archived }),
    ...(row.title == null ? undefined : { title: row.title }),
    ...(row.description == null ? undefined : { description: row.description }),
    ...(row.is_secret == null ? undefined : { isSecret: row.is_secret }),
  }));

type Written = z.infer<typeof written>;

const written = z.object({ api_name: z.string().nullish(), just_unlocked: z.boolean() });

const progress: z.ZodType<AchievementProgress> = z
  .object({
    definition: z.object({ api_name: z.string().nullish(), target: unsigned64.nullish() }).nullish(),
    count_progress: unsigned64.nullish(),
    bitfield_progress: z
      .string()
      .regex(/^[01]*$/)
      .nullish(),
    is_unlocked: z.boolean().nullish(),
    unlock_time: unixSeconds.nullish(),
  })
  .transform((row) => ({
    ...(row.definition?.api_name == null ? undefined : { apiName: row.definition.api_name }),
    ...(row.definition?.target == null ? undefined : { target: row.definition.target }),
    ...(row.count_progress == null ? undefined : { count: row.count_progress }),
    ...(row.bitfield_progress == null ? undefined : { bits: row.bitfield_progress }),
    ...(row.is_unlocked == null ? undefined : { isUnlocked: row.is_unlocked }),
    // 0 is how a locked row may say that there is no such time.
    ...(row.unlock_time == null || row.unlock_time.getTime() <= 0 ? undefined : { unlockedAt: row.unlock_time }),
  }));

const definitionPage: z.ZodType<Page<PlatformAchievement>> = pageOf(definition);
const progressPage: z.ZodType<Page<AchievementProgress>> = pageOf(progress);

export function createAchievementCalls(caller: Caller, appId: string, ownHosts: ReadonlySet<string>): AchievementCalls {
  const readAll = async (
    userId: string,
    apiNames: readonly string[] | undefined,
    operation: string,
    options: CallOptions | undefined,
  ): Promise<readonly AchievementProgress[]> => {
    const path = `/${checkUserId(userId, operation)}/achievements`;
    const params = { fields: PROGRESS_FIELDS, ...namesParam(apiNames, operation) };
    const first = { operation, method: "GET", kind: "read", path, params, schema: progressPage } as const;
    const rows: AchievementProgress[] = [];
    for await (const page of walkPages({ caller, first, options, ownHosts })) rows.push(...page.data);
    return rows;
  };

  return {
    async definitions(filter = {}, options) {
      const operation = "achievements.definitions";
      const params = {
        fields: DEFINITION_FIELDS,
        ...namesParam(filter.apiNames, operation),
        ...(filter.includeArchived === true ? { include_archived: "true" } : undefined),
      };
      const path = `/${appId}/achievement_definitions`;
      const first = { operation, method: "GET", kind: "read", path, params, schema: definitionPage } as const;
      const rows: PlatformAchievement[] = [];
      for await (const page of walkPages({ caller, first, options, ownHosts })) rows.push(...page.data);
      return rows;
    },

    async write(write, options) {
      const operation = "achievements.write";
      checkRequest(write, operation);
      const path = `/${checkUserId(write.userId, operation)}/achievements`;
      const apiName = checkName(write.apiName, operation);
      const params = { api_name: apiName, ...changesOf(write, operation) };
      const fits = (answer: Written): boolean => answer.api_name == null || answer.api_name === apiName;
      const call = { operation, method: "POST", kind: "write", path, params, schema: written, fits } as const;
      const answer = await caller(call, options);
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

function namesParam(apiNames: readonly string[] | undefined, operation: string): Record<string, string> {
  if (apiNames === undefined) return {};
  return { api_names: JSON.stringify(apiNames.map((name) => checkName(name, operation))) };
}
