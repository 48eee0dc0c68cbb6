import type { Seed } from "@questline/emulator";

export const ADA = "80000000000000001";
export const GRACE = "80000000000000002";

/** What the duel has at the platform, and its two players. */
export const duelSeed: Seed = {
  apps: [
    {
      id: "1",
      secret: "test-secret",
      achievements: [
        { api_name: "FIRST_DUEL", achievement_type: "SIMPLE", achievement_write_policy: "SERVER_AUTHORITATIVE" },
        {
          api_name: "DUELS_WON",
          achievement_type: "COUNT",
          target: 10,
          achievement_write_policy: "SERVER_AUTHORITATIVE",
        },
      ],
      leaderboards: [
        { api_name: "MOST_TAPS", sort_order: "HIGHER_IS_BETTER", entry_write_policy: "SERVER_AUTHORITATIVE" },
      ],
    },
  ],
  users: [
    { alias: "ada", ids: { "1": ADA }, tokens: { "1": ["FRL-ada"] } },
    { alias: "grace", ids: { "1": GRACE }, tokens: { "1": ["FRL-grace"] } },
  ],
};
