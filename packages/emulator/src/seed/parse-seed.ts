import { z } from "zod";
import { EmulatorInputError, parseInput } from "../input-error.ts";
import { MAX_LONG, MIN_LONG } from "../graph/parameters.ts";
import { parseSwitches } from "../switches.ts";
import { defaultSeed, type Seed, type SeedAchievement, type SeedApp, type SeedLong } from "./seed.ts";

const apiName = z.string("a name as text").regex(/^[A-Za-z0-9_]{1,128}$/, "a name of letters, digits and underscores");
const text = z.string("text");
const seconds = z.int("Unix seconds as a whole number");
/** Larger numbers were rounded before they came here. */
const exact = z.number().refine(Number.isSafeInteger, "a whole number; beyond 2^53 as text or bigint");
const id = z
  .union([z.string(), z.bigint(), exact], "an id of decimal digits, as text")
  .refine((value) => /^\d{1,20}$/.test(String(value)), "an id of decimal digits, as text");
const long = z
  .union([exact, z.bigint(), z.string().regex(/^-?\d{1,19}$/)], "a whole number; beyond 2^53 as text or bigint")
  .refine((value) => BigInt(value) >= MIN_LONG && BigInt(value) <= MAX_LONG, "a whole number of 64 bits");
const count = long.refine((value) => BigInt(value) >= 0n, "a whole number of at least 0");
const policy = z.enum(["CLIENT_AUTHORITATIVE", "SERVER_AUTHORITATIVE"]);
const tokenText = z
  .string("a token as text")
  .regex(/^[\x21-\x7e]{1,4096}$/, "a token of printable ASCII without spaces");

const achievementSchema = z.strictObject({
  api_name: apiName,
  achievement_type: z.enum(["SIMPLE", "COUNT", "BITFIELD"]),
  achievement_write_policy: policy,
  target: long.optional(),
  bitfield_length: z.int("a whole number").min(1, "at least 1").max(10_000, "at most 10000").optional(),
  is_archived: z.boolean().optional(),
  title: text.optional(),
  description: text.optional(),
});

const leaderboardSchema = z.strictObject({
  api_name: apiName,
  sort_order: z.enum(["HIGHER_IS_BETTER", "LOWER_IS_BETTER"]),
  entry_write_policy: policy,
  earliest_allowed_entry_time: seconds.optional(),
  latest_allowed_entry_time: seconds.optional(),
});

const appSchema = z.strictObject({
  id,
  secret: z.string("the app secret as text").regex(/^[^|\s]+$/, "the app secret, without | and spaces"),
  achievements: z.array(achievementSchema).optional(),
  leaderboards: z.array(leaderboardSchema).optional(),
});

const userSchema = z.strictObject({
  alias: z.string("an alias as text").min(1, "an alias of at least one character"),
  org_scoped_id: id.optional(),
  display_name: text.optional(),
  profile_url: text.optional(),
  ids: z.record(z.string(), id).optional(),
  tokens: z.record(z.string(), z.array(tokenText)).optional(),
  entitled: z.array(id).optional(),
  friends: z.array(z.string()).optional(),
  achievements: z
    .array(
      z.strictObject({
        app: id.optional(),
        api_name: apiName,
        count: count.optional(),
        bits: z
          .string()
          .regex(/^[01]+$/, "text of 0 and 1")
          .optional(),
        unlocked: z.boolean().optional(),
      }),
    )
    .optional(),
  scores: z
    .array(
      z.strictObject({ app: id.optional(), api_name: apiName, score: long, extra_data_base64: z.base64().optional() }),
    )
    .optional(),
});

const seedSchema = z.strictObject({
  apps: z.array(appSchema).min(1, "at least one app").optional(),
  users: z.array(userSchema).optional(),
  switches: z.unknown().optional(),
});

/** A seed that fits together in itself. @throws EmulatorInputError naming the place and what to do. */
export function parseSeed(input: unknown): Seed {
  const seed = parseInput(seedSchema, input, "seed") as Seed;
  if (seed.switches !== undefined) parseSwitches(seed.switches, "seed.switches");
  const apps = seed.apps ?? defaultSeed.apps ?? [];
  unique(apps, (app) => String(app.id), "seed.apps", "id");
  for (const [index, app] of apps.entries()) checkApp(app, `seed.apps[${index}]`);
  unique(seed.users ?? [], (user) => user.alias, "seed.users", "alias");
  // The default users hold tokens for the default app, so they come with it only.
  const users = seed.users ?? (seed.apps === undefined ? defaultSeed.users : undefined) ?? [];
  return { ...seed, apps, users };
}

/** @throws EmulatorInputError naming the member. */
export function parseAchievement(input: unknown, path: string): SeedAchievement {
  const achievement = parseInput(achievementSchema, input, path) as SeedAchievement;
  checkAchievement(achievement, path);
  return achievement;
}

/** @throws EmulatorInputError naming the member. */
export function parseSeedUser(input: unknown, path: string): NonNullable<Seed["users"]>[number] {
  return parseInput(userSchema, input, path) as NonNullable<Seed["users"]>[number];
}

/** @throws EmulatorInputError when the value is no whole number of 64 bits. */
export function parseCount(input: SeedLong, path: string): bigint {
  return BigInt(parseInput(count, input, path));
}

function checkApp(app: SeedApp, path: string): void {
  unique(app.achievements ?? [], (each) => each.api_name, `${path}.achievements`, "api_name");
  unique(app.leaderboards ?? [], (each) => each.api_name, `${path}.leaderboards`, "api_name");
  for (const [index, each] of (app.achievements ?? []).entries())
    checkAchievement(each, `${path}.achievements[${index}]`);
}

function checkAchievement(
  { achievement_type: type, target, bitfield_length: length }: SeedAchievement,
  path: string,
): void {
  if (type === "SIMPLE" && target !== undefined)
    fail(`${path}.target`, "a SIMPLE achievement has no target; remove it");
  if (type !== "BITFIELD" && length !== undefined) {
    fail(`${path}.bitfield_length`, `a ${type} achievement has no bitfield_length; remove it`);
  }
  if (type === "SIMPLE") return;
  if (target === undefined) fail(`${path}.target`, `a ${type} achievement needs a target, such as target: 7`);
  if (BigInt(target) < 1n) fail(`${path}.target`, "a target is at least 1");
  if (type !== "BITFIELD") return;
  if (length === undefined)
    fail(`${path}.bitfield_length`, "a BITFIELD achievement needs a bitfield_length, such as 7");
  if (BigInt(target) > BigInt(length))
    fail(`${path}.target`, `a target of ${target} bits does not fit in ${length} bits`);
}

function unique<T>(list: readonly T[], keyOf: (each: T) => string, path: string, member: string): void {
  const seen = new Set<string>();
  for (const [index, each] of list.entries()) {
    const key = keyOf(each);
    if (seen.has(key)) fail(`${path}[${index}].${member}`, `"${key}" occurs twice; give each its own ${member}`);
    seen.add(key);
  }
}

function fail(path: string, problem: string): never {
  throw new EmulatorInputError(path, problem);
}
