import type { Seed, SeedAchievement, SeedItem, SeedUser } from "@questline/emulator";
import { ada, app, federatedApp, grace, otherApp, type Vector } from "./vectors.ts";

const achievement = (api_name: string, more: Partial<SeedAchievement>): SeedAchievement => ({
  api_name,
  achievement_type: "SIMPLE",
  achievement_write_policy: "SERVER_AUTHORITATIVE",
  title: "See all",
  description: "See every island.",
  ...more,
});

const monthly = {
  subscription_term: "MONTHLY",
  price: { currency: "USD", amount_in_hundredths: 499 },
  trial_offers: [{ trial_type: "FREE_TRIAL", trial_term: "WEEKLY" }],
} as const;
const items: readonly SeedItem[] = [
  { sku: "gold", item_type: "SUBSCRIPTION", name: "Gold", description: "All arenas", billing_plans: [monthly] },
  { sku: "silver", item_type: "SUBSCRIPTION", billing_plans: [monthly] },
  { sku: "gem_50", item_type: "CONSUMABLE", price: { currency: "USD", amount_in_hundredths: 199 } },
  { sku: "gem_51", item_type: "CONSUMABLE", price: { currency: "USD", amount_in_hundredths: 199 } },
];

const apps = (hasFederatedUser: boolean): NonNullable<Seed["apps"]> => [
  {
    ...app,
    achievements: [
      achievement("FIRST_WIN", {}),
      achievement("WINS_100", { achievement_type: "COUNT", target: 100 }),
      achievement("EVERY_MAP", { achievement_type: "BITFIELD", target: 7, bitfield_length: 7 }),
      achievement("SEE_ALL", { achievement_type: "BITFIELD", target: 3, bitfield_length: 7 }),
    ],
    leaderboards: [
      { api_name: "HIGH_SCORE", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" },
      { api_name: "BEST_TIME", sort_order: "LOWER_IS_BETTER", entry_write_policy: "CLIENT_AUTHORITATIVE" },
    ],
    items,
    notification_requests: [{ request_id: "7900000000000001", category: "SOCIAL" }],
    federated_app: {
      ...federatedApp,
      users: hasFederatedUser
        ? [{ persistent_id: "player-7", display_name: "Birdie", tokens: ["FRL-federated-test-token"] }]
        : [],
    },
  },
  otherApp,
];

const adaInSeed: SeedUser = {
  alias: ada.alias,
  org_scoped_id: ada.orgScopedId,
  profile_url: "https://profiles.example/ada",
  ids: { [app.id]: ada.id },
  tokens: { [app.id]: [ada.token, "FRL-expired-token"] },
  friends: [grace.alias],
};
const graceInSeed: SeedUser = { alias: grace.alias, org_scoped_id: grace.orgScopedId, ids: { [app.id]: grace.id } };

/** The vectors' world, as the emulator's seed. */
export const vectorSeed: Seed = { apps: apps(true), users: [adaInSeed, graceInSeed] };

/** What a user has at the start, as far as the vector's answer shows it. */
function possessions({ call, name }: Vector): Partial<SeedUser> {
  const own = { app: app.id };
  switch (call) {
    case "achievements.read":
    case "achievements.readOne": {
      if (name === "long counters stay exact") {
        return { achievements: [{ ...own, api_name: "WINS_100", count: 2n ** 63n - 1n, unlocked: false }] };
      }
      const count = name === "no progress is no row" ? [] : [{ ...own, api_name: "WINS_100", count: 5 }];
      return { achievements: [{ ...own, api_name: "SEE_ALL", bits: "1001100", unlocked: true }, ...count] };
    }
    case "purchases.verify":
      return name === "does not own it" ? {} : { purchases: [{ ...own, sku: "gem_50" }] };
    case "purchases.consume":
    case "purchases.owned":
    case "purchases.refund":
      return { purchases: [{ ...own, sku: "gem_50" }] };
    case "subscriptions.list": {
      const trial = name === "a user's own" ? ({ trial_type: "FREE_TRIAL", cancelled: true } as const) : {};
      return { subscriptions: [{ ...own, sku: "gold", ...trial }] };
    }
    case "subscriptions.cancel":
    case "subscriptions.extend":
      return { subscriptions: [{ ...own, sku: "gold" }] };
    default: {
      const hasEntry = name !== "the viewer has no entry" && !name.startsWith("a score for");
      const entry = { ...own, api_name: "HIGH_SCORE", score: 12345, extra_data_base64: "aGVsbG8=" };
      return call.startsWith("leaderboards.") && hasEntry ? { scores: [entry] } : {};
    }
  }
}

/** The seed for one vector: with the state that its answer shows. */
export function seedFor(vector: Vector): Seed {
  const isNew = vector.call === "federatedUsers.create" && vector.throws === undefined;
  return { apps: apps(!isNew), users: [{ ...adaInSeed, ...possessions(vector) }, graceInSeed] };
}
