import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { checkName, checkNumber, checkRequest, checkText, checkWord } from "./inputs.ts";
import { pageOf, type Page, type ListOptions, type Pager } from "./pages.ts";
import { POLICY_WORDS, writesOf } from "./write-policy.ts";
import { flag, idText, safeCount, unsigned64 } from "../wire/json.ts";
import { rowOf, type Raw } from "../wire/row.ts";

/** A definition as the platform has it. */
export interface PlatformAchievement extends Raw {
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
  readonly unlockedDescription?: string;
  readonly isSecret?: boolean;
  readonly lockedImageUrl?: string;
  readonly unlockedImageUrl?: string;
}

interface Described {
  readonly apiName: string;
  readonly title: string;
  readonly description: string;
  /** Shown in place of `description` once unlocked. */
  readonly unlockedDescription?: string;
  readonly writes: "server" | "client";
  /** Hidden from players until unlocked. */
  readonly isSecret?: boolean;
  /** Archiving hides, and deletes nothing; `false` brings it back. */
  readonly isArchived?: boolean;
}

/** What a definition shall be; a name that exists is updated. Icons are uploaded in the dashboard. */
export type AchievementToDefine = Described &
  (
    | { readonly type: "simple" }
    | { readonly type: "count"; readonly target: number | bigint }
    | { readonly type: "bitfield"; readonly target: number; readonly bitfieldLength: number }
  );

const FIELDS =
  "api_name,achievement_type,achievement_write_policy,target,bitfield_length,is_archived,title,description," +
  "unlocked_description_override,is_secret,locked_image_uri,unlocked_image_uri";
const TYPES = { SIMPLE: "simple", COUNT: "count", BITFIELD: "bitfield" } as const;
const TYPE_WORDS: Readonly<Record<string, string>> = { simple: "SIMPLE", count: "COUNT", bitfield: "BITFIELD" };

const definition: z.ZodType<PlatformAchievement> = rowOf(
  {
    id: idText,
    api_name: z.string(),
    achievement_type: z
      .string()
      .toUpperCase()
      .pipe(z.enum(["SIMPLE", "COUNT", "BITFIELD"])),
    achievement_write_policy: z.string().nullish(),
    target: unsigned64.nullish(),
    bitfield_length: safeCount.nullish(),
    is_archived: flag.nullish(),
    title: z.string().nullish(),
    description: z.string().nullish(),
    unlocked_description_override: z.string().nullish(),
    is_secret: flag.nullish(),
    locked_image_uri: z.string().nullish(),
    unlocked_image_uri: z.string().nullish(),
  },
  (row) => ({
    id: row.id,
    apiName: row.api_name,
    type: TYPES[row.achievement_type],
    writes: writesOf(row.achievement_write_policy).writes,
    target: row.target,
    bitfieldLength: row.bitfield_length,
    isArchived: row.is_archived,
    title: row.title,
    description: row.description,
    unlockedDescription: row.unlocked_description_override,
    isSecret: row.is_secret,
    lockedImageUrl: row.locked_image_uri,
    unlockedImageUrl: row.unlocked_image_uri,
  }),
);
const definitionPage: z.ZodType<Page<PlatformAchievement>> = pageOf(definition);

/** The answer of an upsert. */
export const defined: z.ZodType<{ readonly id: string }> = z.object({ id: idText });

/** A1. */
export async function defineAchievement(
  caller: Caller,
  wanted: AchievementToDefine,
  options?: CallOptions,
): Promise<string> {
  const operation = "achievements.define";
  checkRequest(wanted, operation);
  const params: Record<string, string> = {
    api_name: checkName(wanted.apiName, operation),
    achievement_type: checkWord(wanted.type, `${operation}: type`, TYPE_WORDS),
    achievement_write_policy: checkWord(wanted.writes, `${operation}: writes`, POLICY_WORDS),
    title: checkText(wanted.title, `${operation}: title`),
    description: checkText(wanted.description, `${operation}: description`),
  };
  if (wanted.type !== "simple") params["target"] = checkNumber(Number(wanted.target), `${operation}: target`, 1);
  if (wanted.type === "bitfield") {
    params["bitfield_length"] = checkNumber(wanted.bitfieldLength, `${operation}: bitfieldLength`, wanted.target);
  }
  if (wanted.unlockedDescription !== undefined) params["unlocked_description_override"] = wanted.unlockedDescription;
  if (wanted.isSecret !== undefined) params["is_secret"] = String(wanted.isSecret);
  if (wanted.isArchived !== undefined) params["is_archived"] = String(wanted.isArchived);
  return (await caller({ operation, params, schema: defined }, options)).id;
}

/** A2. */
export async function readDefinitions(
  pager: Pager,
  filter: { readonly apiNames?: readonly string[]; readonly includeArchived?: boolean },
  options?: ListOptions,
): Promise<readonly PlatformAchievement[]> {
  const operation = "achievements.definitions";
  const params = {
    fields: FIELDS,
    ...namesParam(filter.apiNames, operation),
    ...(filter.includeArchived === true ? { include_archived: "true" } : undefined),
  };
  const rows: PlatformAchievement[] = [];
  for await (const page of pager({ operation, params, schema: definitionPage }, options)) rows.push(...page.data);
  return rows;
}

export function namesParam(apiNames: readonly string[] | undefined, operation: string): Record<string, string> {
  if (apiNames === undefined) return {};
  return { api_names: JSON.stringify(apiNames.map((name) => checkName(name, operation))) };
}
