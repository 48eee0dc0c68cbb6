import { z } from "zod";
import { API_NAME, API_NAME_RULE } from "../graph/api-name.ts";
import { MAX_LONG, MIN_LONG } from "../graph/parameters.ts";
import { switchesSchema } from "../switches.ts";
import { TERMS } from "../world/catalogue.ts";
import { TOPICS } from "../world/world-events.ts";

const LONG = "a whole number; beyond 2^53 as text or bigint";
const WHOLE = /^-?\d{1,19}$/;

/** Refinements also see what an earlier check has refused, so this one takes anything. */
function isBetween(value: unknown, least: bigint): boolean {
  const text = String(value);
  return WHOLE.test(text) && BigInt(text) >= least && BigInt(text) <= MAX_LONG;
}

const text = z.string("text");
const seconds = z.int("Unix seconds as a whole number").min(0, "Unix seconds, at least 0");
const apiName = z.string("a name as text").regex(API_NAME, `a name of ${API_NAME_RULE}`);
/** Larger numbers were rounded before they came here. */
const exact = z.number().refine(Number.isSafeInteger, "a whole number; beyond 2^53 as text or bigint");
const id = z
  .union([z.string(), z.bigint(), exact], "an id of decimal digits, as text")
  .refine((value) => /^\d{1,20}$/.test(String(value)), "an id of decimal digits, as text");
export const long: z.ZodType<string | number | bigint> = z
  .union([exact, z.bigint(), z.string().regex(WHOLE, LONG)], LONG)
  .refine((value) => isBetween(value, MIN_LONG), "a whole number of 64 bits");
export const count: z.ZodType<string | number | bigint> = long.refine(
  (value) => isBetween(value, 0n),
  "a whole number of at least 0",
);
const policy = z.enum(["CLIENT_AUTHORITATIVE", "SERVER_AUTHORITATIVE"]);
const secret = z.string("the app secret as text").regex(/^[^|\s]+$/, "the app secret, without | and spaces");
const tokenText = z
  .string("a token as text")
  .regex(/^[\x21-\x7e]{1,4096}$/, "a token of printable ASCII without spaces");
const sku = z.string("a SKU as text").regex(API_NAME, `a SKU of ${API_NAME_RULE}`);

export const achievementSchema: z.ZodType = z.strictObject({
  api_name: apiName,
  achievement_type: z.enum(["SIMPLE", "COUNT", "BITFIELD"]),
  achievement_write_policy: policy,
  target: long.optional(),
  bitfield_length: z.int("a whole number").min(1, "at least 1").max(10_000, "at most 10000").optional(),
  is_archived: z.boolean().optional(),
  title: text.optional(),
  description: text.optional(),
  unlocked_description_override: text.optional(),
  is_secret: z.boolean().optional(),
});

export const leaderboardSchema: z.ZodType = z.strictObject({
  api_name: apiName,
  sort_order: z.enum(["HIGHER_IS_BETTER", "LOWER_IS_BETTER"]),
  entry_write_policy: policy,
  earliest_allowed_entry_time: seconds.optional(),
  latest_allowed_entry_time: seconds.optional(),
});

const price = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, "a currency of three letters, such as USD"),
  amount_in_hundredths: z.int("a price in hundredths").min(0, "a price in hundredths, at least 0").max(100_000_000),
});
const term = z.enum(TERMS as [(typeof TERMS)[number]]);

export const itemSchema: z.ZodType = z.strictObject({
  sku,
  item_type: z.enum(["DURABLE", "CONSUMABLE", "BUNDLE", "SUBSCRIPTION"]),
  name: text.optional(),
  description: text.optional(),
  price: price.optional(),
  billing_plans: z
    .array(
      z.strictObject({
        subscription_term: term,
        price,
        trial_offers: z
          .array(
            z.strictObject({
              trial_type: z.enum(["FREE_TRIAL", "INTRO_OFFER"]),
              trial_term: term,
              price: price.optional(),
              max_term_count: z.int().min(1, "at least 1").max(120, "at most 120").optional(),
            }),
          )
          .optional(),
      }),
    )
    .optional(),
  on_sale: z.boolean().optional(),
});

export const notificationRequestSchema: z.ZodType = z.strictObject({
  request_id: z.string("a request id as text").regex(API_NAME, `a request id of ${API_NAME_RULE}`),
  category: z.string().optional(),
  approved: z.boolean().optional(),
});

export const webhookSchema: z.ZodType = z.strictObject({
  callback_url: z.url({ protocol: /^https?$/, error: "a URL that begins with http or https" }),
  verify_token: z.string("the verify token as text").min(1, "the verify token, not empty"),
  fields: z.array(z.enum(TOPICS)).min(1, "at least one topic").optional(),
  include_values: z.boolean().optional(),
});

const federatedUser = z.strictObject({
  persistent_id: z.string("a persistent id as text").min(1, "not empty").max(256, "at most 256 characters"),
  display_name: z.string("a display name as text"),
  tokens: z.array(tokenText).optional(),
});

const appSchema = z.strictObject({
  id,
  secret,
  achievements: z.array(achievementSchema).optional(),
  leaderboards: z.array(leaderboardSchema).optional(),
  items: z.array(itemSchema).optional(),
  notification_requests: z.array(notificationRequestSchema).optional(),
  webhook: webhookSchema.optional(),
  federated_app: z.strictObject({ id, secret, users: z.array(federatedUser).optional() }).optional(),
});

const app = id.optional();

export const userSchema: z.ZodType = z.strictObject({
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
        app,
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
    .array(z.strictObject({ app, api_name: apiName, score: long, extra_data_base64: z.base64().optional() }))
    .optional(),
  purchases: z
    .array(
      z.strictObject({
        app,
        sku,
        grant_time: seconds.optional(),
        expiration_time: seconds.optional(),
        developer_payload: z.string().optional(),
      }),
    )
    .optional(),
  subscriptions: z
    .array(
      z.strictObject({
        app,
        sku,
        term: term.optional(),
        trial_type: z.enum(["FREE_TRIAL", "INTRO_OFFER"]).optional(),
        period_start_time: seconds.optional(),
        cancelled: z.boolean().optional(),
      }),
    )
    .optional(),
});

export const seedSchema: z.ZodType = z.strictObject({
  apps: z.array(appSchema).min(1, "at least one app").optional(),
  users: z.array(userSchema).optional(),
  switches: switchesSchema.optional(),
});
