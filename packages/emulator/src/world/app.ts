import type { Item, Purchase } from "./catalogue.ts";
import type { Definition } from "./definition.ts";
import type { DeviceRegistry } from "./devices.ts";
import type { Entry, Leaderboard } from "./leaderboard.ts";
import type { NotificationRequest, SentNotification } from "./notifications.ts";
import type { Progress } from "./progress.ts";
import type { Subscription } from "./subscription.ts";

export interface App {
  readonly id: string;
  secret: string;
  readonly achievements: Map<string, Definition>;
  readonly leaderboards: Map<string, AppLeaderboard>;
  /** By app-scoped id. */
  readonly users: Map<string, AppUser>;
  /** By SKU. */
  readonly items: Map<string, Item>;
  /** By id. */
  readonly subscriptions: Map<string, AppSubscription>;
  readonly devices: DeviceRegistry;
  /** By request id. */
  readonly notificationRequests: Map<string, NotificationRequest>;
  readonly sentNotifications: SentNotification[];
  /** For a federated app: the app whose achievements and leaderboards it shares. */
  readonly parent: App | undefined;
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

/** What a federated user has and others have not. */
export interface Federated {
  readonly persistentId: string;
  displayName: string;
  uniqueName: string;
}

/** A person inside one app. */
export interface AppUser {
  /** App-scoped. */
  readonly id: string;
  readonly app: App;
  readonly person: Person;
  entitled: boolean;
  /** Milliseconds since the epoch at which the app was granted. */
  entitledAt: number;
  /** By the achievement's name. */
  readonly progress: Map<string, Progress>;
  readonly purchases: Purchase[];
  readonly federated: Federated | undefined;
}

export type AppLeaderboard = Leaderboard<AppUser>;
export type AppEntry = Entry<AppUser>;
export type AppSubscription = Subscription<AppUser>;

/** Whether both are one app, or a federated app and the one whose objects it shares. */
export function sameFamily(left: App, right: App): boolean {
  return (left.parent ?? left) === (right.parent ?? right);
}
