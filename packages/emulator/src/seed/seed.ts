import type { AchievementType, SortOrder, WritePolicy } from "../world/definition.ts";
import type { Switches } from "../switches.ts";

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
}

export interface SeedLeaderboard {
  readonly api_name: string;
  readonly sort_order: SortOrder;
  readonly entry_write_policy: WritePolicy;
  /** Unix seconds. */
  readonly earliest_allowed_entry_time?: number;
  readonly latest_allowed_entry_time?: number;
}

export interface SeedApp {
  readonly id: SeedId;
  readonly secret: string;
  readonly achievements?: readonly SeedAchievement[];
  readonly leaderboards?: readonly SeedLeaderboard[];
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
}

/** The world at its start. */
export interface Seed {
  /** Default: the apps of `defaultSeed`. */
  readonly apps?: readonly SeedApp[];
  /** Default: none, or the users of `defaultSeed` where its apps are taken too. */
  readonly users?: readonly SeedUser[];
  readonly switches?: Partial<Switches>;
}

/** One app `1` with secret `test-secret`, an achievement of each kind, two boards, two users. */
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
