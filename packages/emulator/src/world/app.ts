import type { Leaderboard } from "./leaderboard.ts";
import type { Progress } from "./progress.ts";

export type AchievementType = "SIMPLE" | "COUNT" | "BITFIELD";
export type WritePolicy = "CLIENT_AUTHORITATIVE" | "SERVER_AUTHORITATIVE";
export type SortOrder = "HIGHER_IS_BETTER" | "LOWER_IS_BETTER";

export interface Definition {
  readonly id: string;
  readonly apiName: string;
  readonly type: AchievementType;
  writePolicy: WritePolicy;
  /** Counter or number of bits that unlocks; 0 for SIMPLE. */
  target: bigint;
  bitfieldLength: number;
  archived: boolean;
  title: string;
  description: string;
}

export interface App {
  readonly id: string;
  secret: string;
  readonly achievements: Map<string, Definition>;
  readonly leaderboards: Map<string, Leaderboard>;
  /** By app-scoped id. */
  readonly users: Map<string, AppUser>;
}

/** A person, the same in every app of the organisation. */
export interface Person {
  readonly alias: string;
  readonly orgScopedId: string;
  readonly displayName: string | undefined;
  readonly profileUrl: string | undefined;
  /** By app id. */
  readonly accounts: Map<string, AppUser>;
  /** Mutual followers. */
  readonly friends: Set<Person>;
}

/** A person inside one app. */
export interface AppUser {
  /** App-scoped. */
  readonly id: string;
  readonly app: App;
  readonly person: Person;
  entitled: boolean;
  /** By the achievement's name. */
  readonly progress: Map<string, Progress>;
}
