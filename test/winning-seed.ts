import type { Seed } from "@questline/emulator";

export const USER = "80000000000000001";

const server = { achievement_write_policy: "SERVER_AUTHORITATIVE" } as const;

/** App `1` with FIRST_WIN, the count WINS_100 and what else a test needs, and one user. */
export function winningSeed(more: Partial<NonNullable<Seed["apps"]>[number]> = {}): Seed {
  return {
    apps: [
      {
        id: "1",
        secret: "test-secret",
        achievements: [
          { api_name: "FIRST_WIN", achievement_type: "SIMPLE", ...server },
          { api_name: "WINS_100", achievement_type: "COUNT", target: 100, ...server },
        ],
        ...more,
      },
    ],
    users: [{ alias: "amber", ids: { "1": USER } }],
  };
}
