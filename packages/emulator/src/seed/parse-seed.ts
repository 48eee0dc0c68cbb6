import { EmulatorInputError, parseInput } from "../input-error.ts";
import {
  achievementSchema,
  count,
  itemSchema,
  leaderboardSchema,
  long,
  notificationRequestSchema,
  seedSchema,
  userSchema,
} from "./schema.ts";
import {
  defaultSeed,
  type Seed,
  type SeedAchievement,
  type SeedApp,
  type SeedItem,
  type SeedLeaderboard,
  type SeedLong,
  type SeedNotificationRequest,
  type SeedUser,
} from "./seed.ts";

/** A seed that fits together in itself. @throws EmulatorInputError naming the place and what to do. */
export function parseSeed(input: unknown): Seed {
  const seed = parseInput(seedSchema, input, "seed") as Seed;
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
export function parseSeedUser(input: unknown, path: string): SeedUser {
  return parseInput(userSchema, input, path) as SeedUser;
}

/** @throws EmulatorInputError naming the member. */
export function parseLeaderboard(input: unknown, path: string): SeedLeaderboard {
  return parseInput(leaderboardSchema, input, path) as SeedLeaderboard;
}

/** @throws EmulatorInputError naming the member. */
export function parseItem(input: unknown, path: string): SeedItem {
  const item = parseInput(itemSchema, input, path) as SeedItem;
  checkItem(item, path);
  return item;
}

/** @throws EmulatorInputError naming the member. */
export function parseNotificationRequest(input: unknown, path: string): SeedNotificationRequest {
  return parseInput(notificationRequestSchema, input, path) as SeedNotificationRequest;
}

/** @throws EmulatorInputError when the value is no whole number of 64 bits. */
export function parseScore(input: SeedLong, path: string): bigint {
  return BigInt(parseInput(long, input, path));
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
  unique(app.items ?? [], (each) => each.sku, `${path}.items`, "sku");
  for (const [index, each] of (app.items ?? []).entries()) checkItem(each, `${path}.items[${index}]`);
  unique(app.notification_requests ?? [], (each) => each.request_id, `${path}.notification_requests`, "request_id");
  const users = app.federated_app?.users ?? [];
  unique(users, (each) => each.persistent_id, `${path}.federated_app.users`, "persistent_id");
}

function checkItem(item: SeedItem, path: string): void {
  const { item_type: type, price, billing_plans: plans = [] } = item;
  if (type !== "SUBSCRIPTION") {
    if (plans.length > 0) fail(`${path}.billing_plans`, `a ${type} has no billing_plans; remove them`);
    if (price === undefined) fail(`${path}.price`, `a ${type} needs a price`);
    return;
  }
  if (price !== undefined) fail(`${path}.price`, "a SUBSCRIPTION is priced by its billing_plans; remove it");
  if (plans.length === 0) fail(`${path}.billing_plans`, "a SUBSCRIPTION needs at least one of billing_plans");
  unique(plans, (plan) => plan.subscription_term, `${path}.billing_plans`, "subscription_term");
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
