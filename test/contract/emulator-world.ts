import type { Emulator, Seed, SeedAchievement } from "@questline/emulator";
import type { Replacements } from "./send-vector.ts";
import { ada, app, federatedApp, grace, type Vector } from "./vectors.ts";

const achievement = (api_name: string, more: Partial<SeedAchievement>): SeedAchievement => ({
  api_name,
  achievement_type: "SIMPLE",
  achievement_write_policy: "SERVER_AUTHORITATIVE",
  title: "See all",
  description: "See every island.",
  ...more,
});

/** The vectors' world, as the emulator's seed. */
export const vectorSeed: Seed = {
  apps: [
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
    },
    federatedApp,
  ],
  users: [
    {
      alias: ada.alias,
      org_scoped_id: ada.orgScopedId,
      profile_url: "https://profiles.example/ada",
      ids: { [app.id]: ada.id },
      tokens: { [app.id]: [ada.token, "FRL-expired-token"] },
      friends: [grace.alias],
    },
    { alias: grace.alias, org_scoped_id: grace.orgScopedId, ids: { [app.id]: grace.id } },
  ],
};

const ENTRY = { app: app.id, api_name: "HIGH_SCORE", score: 12345, extra_data_base64: "aGVsbG8=" };
const SEEN = { app: app.id, api_name: "SEE_ALL", bits: "1001100", unlocked: true };

/** The seed for one vector: with the state that its answer shows. */
export function seedFor({ call, name }: Vector): Seed {
  const [first, ...others] = vectorSeed.users ?? [];
  if (first === undefined) throw new Error("the seed has no users");
  const hasEntry = name !== "the viewer has no entry" && !name.startsWith("a score for");
  const scores = call.startsWith("leaderboards.") && hasEntry ? { scores: [ENTRY] } : {};
  const isRead = call === "achievements.read" || call === "achievements.readOne";
  const count = name === "no progress is no row" ? [] : [{ app: app.id, api_name: "WINS_100", count: 5 }];
  const achievements = isRead ? { achievements: [SEEN, ...count] } : {};
  return { ...vectorSeed, users: [{ ...first, ...scores, ...achievements }, ...others] };
}

/** What must have happened before, and how the vector's names are called in this world. */
export function prepare(emulator: Emulator, { name }: Vector): Replacements {
  switch (name) {
    case "a good nonce":
      return { "good-nonce": emulator.world.mintNonce(app.id, ada.id) };
    case "an expired user token":
      emulator.world.expireToken("FRL-expired-token");
      return {};
    case "the app secret was regenerated":
      emulator.world.rotateSecret(app.id, "another-secret");
      return {};
    case "entries from an offset":
      return { "24": "0" };
    default:
      return {};
  }
}
