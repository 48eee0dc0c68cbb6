import type { SeedAchievement, SeedLeaderboard, SeedLong, SeedNotificationRequest, SeedUser } from "../seed/seed.ts";
import type { DeviceLevers } from "./device-levers.ts";
import type { SentNotification } from "./notifications.ts";
import type { WorldSnapshot } from "./snapshot.ts";
import type { Store } from "./store.ts";

export interface CreatedUser {
  readonly alias: string;
  readonly orgScopedId: string;
  /** App-scoped id in the first app. */
  readonly id: string;
  /** App-scoped id by app id. */
  readonly ids: Readonly<Record<string, string>>;
}

export interface AchievementProgress {
  readonly apiName: string;
  readonly count: bigint;
  /** As long as the bitfield; empty for other types. */
  readonly bits: string;
  readonly unlocked: boolean;
  /** Milliseconds since the epoch. */
  readonly unlockTime: number | undefined;
  /** `addForeign` has touched it. */
  readonly foreign: boolean;
}

export interface LeaderboardEntry {
  /** Counted from 1. */
  readonly rank: number;
  readonly userId: string;
  readonly alias: string;
  readonly score: bigint;
  readonly extraData?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

export interface ForeignChange {
  /** Added to the counter. */
  readonly count?: SeedLong;
  readonly bits?: string;
  readonly unlock?: boolean;
}

/**
 * What the emulated platform knows, with levers to change it. App-scoped user ids say which app is meant; other
 * methods take an app id, which may be left out while there is only one app. All throw EmulatorInputError for
 * names and ids that do not exist.
 */
export interface World {
  /** Names this world from its start or reset to the next one; 16 hex digits, never the same twice. */
  readonly id: string;
  createUser(user: SeedUser): CreatedUser;
  /** A user token of that app. It lives `expiresInMs` (default: the switch `tokenTtlMs`). */
  mintUserToken(appId: string, userId: string, options?: { expiresInMs?: number; token?: string }): string;
  expireToken(token: string): void;
  /** How many tokens of the app-scoped user were revoked. */
  revokeUserTokens(userId: string): number;
  /** A user proof, good for one check within `ttlMs` (default: the switch `nonceTtlMs`). */
  mintNonce(appId: string, userId: string, options?: { ttlMs?: number }): string;
  /** A code of account linking for the app-scoped user, good for one exchange within `ttlMs`. */
  mintLinkCode(userId: string, options?: { ttlMs?: number }): { code: string; org_scoped_id: string };
  /** The old app token stops working at once. */
  rotateSecret(appId: string, secret: string): void;
  /** Adds or changes a definition; the type of an existing one stays. */
  setDefinition(definition: SeedAchievement, appId?: string): void;
  /** Adds or changes a leaderboard; entries stay. */
  setLeaderboard(leaderboard: SeedLeaderboard, appId?: string): void;
  archive(apiName: string, archived?: boolean, appId?: string): void;
  /** Progress by another writer: the oracle counts it as foreign. */
  addForeign(userId: string, apiName: string, change: ForeignChange): void;
  /** Wipes a user's progress, as the platform's removal of all achievements does. */
  removeAll(userId: string): void;
  /** A score by another writer, whatever stood there. */
  setScore(boardApiName: string, userId: string, score: SeedLong): void;
  progress(userId: string, apiName: string): AchievementProgress;
  /** Achievements with progress. */
  achievements(userId: string): readonly AchievementProgress[];
  entry(boardApiName: string, userId: string): LeaderboardEntry | undefined;
  /** Best first. */
  entries(boardApiName: string, appId?: string): readonly LeaderboardEntry[];
  /** What apps sell, what users own and subscribe to. */
  readonly store: Store;
  /** Headsets: their unique ids, attestation tokens, bans. */
  readonly devices: DeviceLevers;
  /** Adds or changes a notification of the dashboard. */
  setNotificationRequest(request: SeedNotificationRequest, appId?: string): void;
  /** Notifications that were accepted, oldest first. */
  notifications(appId?: string): readonly SentNotification[];
  /** Moves the emulator's clock forward; waits that fall due end at once. */
  advance(ms: number): void;
  snapshot(): WorldSnapshot;
}
