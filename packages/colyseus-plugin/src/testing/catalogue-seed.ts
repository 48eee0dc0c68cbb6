import type { Achievements, Leaderboards } from "@questline/core";
import type { Seed, SeedAchievement, SeedLeaderboard } from "@questline/emulator";

/** The app of every test. */
export const APP = { id: "1", secret: "test-secret" } as const;

/** The platform as the catalogue describes it, with nobody in it. */
export function seedOf(achievements: Achievements, leaderboards: Leaderboards = {}): Seed {
  return {
    apps: [
      {
        ...APP,
        achievements: Object.entries(achievements).map(([name, definition]): SeedAchievement => {
          const { type, policy } = definition;
          const named = { api_name: name, achievement_write_policy: policyName(policy) } as const;
          if (type === "simple") return { ...named, achievement_type: "SIMPLE" };
          if (type === "count") return { ...named, achievement_type: "COUNT", target: definition.target };
          const { length, target } = definition;
          return { ...named, achievement_type: "BITFIELD", bitfield_length: length, target };
        }),
        leaderboards: Object.entries(leaderboards).map(([name, { sort, writes }]): SeedLeaderboard => ({
          api_name: name,
          sort_order: sort === "higher-is-better" ? "HIGHER_IS_BETTER" : "LOWER_IS_BETTER",
          entry_write_policy: policyName(writes),
        })),
      },
    ],
    users: [],
  };
}

function policyName(policy: "server" | "client" | undefined): "CLIENT_AUTHORITATIVE" | "SERVER_AUTHORITATIVE" {
  return policy === "client" ? "CLIENT_AUTHORITATIVE" : "SERVER_AUTHORITATIVE";
}
