import type { AchievementType, SortOrder, WritePolicy } from "../world/definition.ts";
import type { Switches } from "../switches.ts";
import type { ItemKind, Term, TrialType } from "../world/catalogue.ts";
import type { Topic } from "../world/world-events.ts";

/** Ids may be text or whole numbers; in YAML write long ones as text or plain digits, both stay exact. */
export type SeedId = string | number | bigint;
/** A 64-bit whole number, as number (up to 2^53), bigint or decimal text. */
export type SeedLong = number | bigint | string;

export interface SeedAchievement {
  readonly api_name: string;
  readonly achievement_type: AchievementType;
  readonly achievement_write_policy: WritePolicy;
  /** COUNT: counter that unlocks. BITFIELD: number of set bits that unlocks. */
  readonly target?: SeedLong;
  /** BITFIELD only. */
  readonly bitfield_length?: number;
  readonly is_archived?: boolean;
  readonly title?: string;
  readonly description?: string;
  readonly unlocked_description_override?: string;
  readonly is_secret?: boolean;
}

export interface SeedLeaderboard {
  readonly api_name: string;
  readonly sort_order: SortOrder;
  readonly entry_write_policy: WritePolicy;
  /** Unix seconds. */
  readonly earliest_allowed_entry_time?: number;
  readonly latest_allowed_entry_time?: number;
}

export interface SeedPrice {
  /** ISO 4217, such as USD. */
  readonly currency: string;
  /** 11.99 is 1199. */
  readonly amount_in_hundredths: number;
}

export interface SeedTrialOffer {
  readonly trial_type: TrialType;
  readonly trial_term: Term;
  /** Default: free. */
  readonly price?: SeedPrice;
  /** INTRO_OFFER: how many terms the price holds. Default 1. */
  readonly max_term_count?: number;
}

export interface SeedBillingPlan {
  readonly subscription_term: Term;
  readonly price: SeedPrice;
  readonly trial_offers?: readonly SeedTrialOffer[];
}

/** Something that an app sells. */
export interface SeedItem {
  readonly sku: string;
  readonly item_type: ItemKind;
  /** Default: the SKU. */
  readonly name?: string;
  readonly description?: string;
  /** For everything but subscriptions. */
  readonly price?: SeedPrice;
  /** For subscriptions: one plan per term. */
  readonly billing_plans?: readonly SeedBillingPlan[];
  /** Default true. */
  readonly on_sale?: boolean;
}

/** A notification as set up in the dashboard. */
export interface SeedNotificationRequest {
  readonly request_id: string;
  /** User tokens may send those of the category SOCIAL. Default "OTHER". */
  readonly category?: string;
  /** Default true. */
  readonly approved?: boolean;
}

/** Where an app's webhooks go. A seed's is taken as verified: no handshake. */
export interface SeedWebhook {
  readonly callback_url: string;
  readonly verify_token: string;
  /** Default: every topic. */
  readonly fields?: readonly Topic[];
  /** Default true; without values a notification names changed fields only. */
  readonly include_values?: boolean;
}

/** The app that federated users belong to; it shares achievements and leaderboards with its app. */
export interface SeedFederatedApp {
  readonly id: SeedId;
  readonly secret: string;
  readonly users?: readonly {
    readonly persistent_id: string;
    readonly display_name: string;
    readonly tokens?: readonly string[];
  }[];
}

export interface SeedApp {
  readonly id: SeedId;
  readonly secret: string;
  readonly achievements?: readonly SeedAchievement[];
  readonly leaderboards?: readonly SeedLeaderboard[];
  readonly items?: readonly SeedItem[];
  readonly notification_requests?: readonly SeedNotificationRequest[];
  readonly webhook?: SeedWebhook;
  readonly federated_app?: SeedFederatedApp;
}

export interface SeedPurchase {
  /** Default: the only app. */
  readonly app?: SeedId;
  readonly sku: string;
  /** Unix seconds. Default: the start. */
  readonly grant_time?: number;
  /** Unix seconds. Default: never. */
  readonly expiration_time?: number;
  readonly developer_payload?: string;
}

export interface SeedSubscription {
  /** Default: the only app. */
  readonly app?: SeedId;
  readonly sku: string;
  /** Default: the item's first plan. */
  readonly term?: Term;
  readonly trial_type?: TrialType;
  /** Unix seconds of the first period; periods since then have been renewed. Default: the start. */
  readonly period_start_time?: number;
  /** It ends with its period. */
  readonly cancelled?: boolean;
}

/** Progress a user starts with; nobody's effect in the oracle. */
export interface SeedProgress {
  /** Default: the only app. */
  readonly app?: SeedId;
  readonly api_name: string;
  readonly count?: SeedLong;
  readonly bits?: string;
  readonly unlocked?: boolean;
}

export interface SeedScore {
  /** Default: the only app. */
  readonly app?: SeedId;
  readonly api_name: string;
  readonly score: SeedLong;
  readonly extra_data_base64?: string;
}

export interface SeedUser {
  readonly alias: string;
  readonly org_scoped_id?: SeedId;
  readonly display_name?: string;
  readonly profile_url?: string;
  /** App-scoped id by app id; minted (17 digits, above 2^53) where not given. */
  readonly ids?: Readonly<Record<string, SeedId>>;
  /** User tokens by app id. */
  readonly tokens?: Readonly<Record<string, readonly string[]>>;
  /** Apps that the user holds. Default: all. */
  readonly entitled?: readonly SeedId[];
  /** Aliases of mutual followers. */
  readonly friends?: readonly string[];
  readonly achievements?: readonly SeedProgress[];
  readonly scores?: readonly SeedScore[];
  readonly purchases?: readonly SeedPurchase[];
  readonly subscriptions?: readonly SeedSubscription[];
}

/** The world at its start. */
export interface Seed {
  /** Default: the apps of `defaultSeed`. */
  readonly apps?: readonly SeedApp[];
  /** Default: none, or the users of `defaultSeed` where its apps are taken too. */
  readonly users?: readonly SeedUser[];
  readonly switches?: Partial<Switches>;
}

/**
 * One app `1` with secret `test-secret`, an achievement of each kind, two boards, an item of each kind, a notification,
 * the federated app `100` with secret `federated-secret`, and two users.
 */
export const defaultSeed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      achievements: [
        achievement("FIRST_WIN", "SIMPLE", "First win"),
        { ...achievement("WINS_100", "COUNT", "A hundred wins"), target: 100 },
        { ...achievement("EVERY_MAP", "BITFIELD", "Every map"), target: 7, bitfield_length: 7 },
      ],
      leaderboards: [
        { api_name: "HIGH_SCORE", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" },
        { api_name: "BEST_TIME", sort_order: "LOWER_IS_BETTER", entry_write_policy: "CLIENT_AUTHORITATIVE" },
      ],
      items: [
        { sku: "GEMS_50", item_type: "CONSUMABLE", name: "50 gems", price: dollars(199) },
        { sku: "NIGHT_ARENA", item_type: "DURABLE", name: "Night arena", price: dollars(499) },
        { sku: "STARTER_KIT", item_type: "BUNDLE", name: "Starter kit", price: dollars(999) },
        {
          sku: "CLUB",
          item_type: "SUBSCRIPTION",
          name: "The club",
          billing_plans: [
            {
              subscription_term: "MONTHLY",
              price: dollars(799),
              trial_offers: [{ trial_type: "FREE_TRIAL", trial_term: "WEEKLY" }],
            },
            { subscription_term: "ANNUAL", price: dollars(5999) },
          ],
        },
      ],
      notification_requests: [{ request_id: "MATCH_READY" }, { request_id: "FRIEND_CALLS", category: "SOCIAL" }],
      federated_app: { id: "100", secret: "federated-secret" },
    },
  ],
  users: [
    { alias: "ada", display_name: "Ada", tokens: { "1": ["FRL-ada-test-token"] } },
    { alias: "grace", display_name: "Grace", tokens: { "1": ["FRL-grace-test-token"] } },
  ],
};

function achievement(apiName: string, type: AchievementType, title: string): SeedAchievement {
  return {
    api_name: apiName,
    achievement_type: type,
    achievement_write_policy: "SERVER_AUTHORITATIVE",
    title,
    description: `${title}.`,
  };
}

function dollars(hundredths: number): SeedPrice {
  return { currency: "USD", amount_in_hundredths: hundredths };
}
