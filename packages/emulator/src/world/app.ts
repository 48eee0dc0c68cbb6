import type { Definition } from "./definition.ts";
import type { Entry, Leaderboard } from "./leaderboard.ts";
import type { Progress } from "./progress.ts";

export interface App {
  readonly id: string;
  secret: string;
  readonly achievements: Map<string, Definition>;
  readonly leaderboards: Map<string, AppLeaderboard>;
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

export type AppLeaderboard = Leaderboard<AppUser>;
export type AppEntry = Entry<AppUser>;
