import type { App, AppEntry, AppLeaderboard, Person } from "./app.ts";
import type { AchievementType, SortOrder, WritePolicy } from "./definition.ts";
import type { ItemKind } from "./catalogue.ts";
import type { WorldState } from "./state.ts";
import { purchaseView, type PurchaseView, subscriptionsOf, type SubscriptionView } from "./store.ts";

/** The world as plain JSON: 64-bit values as decimal text, times in milliseconds; no secret, token or nonce. */
export interface WorldSnapshot {
  /** Of the world, see `World`. */
  readonly id: string;
  readonly now: number;
  readonly apps: readonly {
    readonly id: string;
    readonly achievements: readonly {
      readonly apiName: string;
      readonly type: AchievementType;
      readonly writePolicy: WritePolicy;
      readonly target: string;
      readonly bitfieldLength: number;
      readonly archived: boolean;
    }[];
    readonly leaderboards: readonly {
      readonly apiName: string;
      readonly sortOrder: SortOrder;
      readonly writePolicy: WritePolicy;
      /** Best first. */
      readonly entries: readonly EntrySnapshot[];
    }[];
    readonly items: readonly { readonly sku: string; readonly kind: ItemKind; readonly onSale: boolean }[];
    /** Id of the federated app, and its users. */
    readonly federated?:
      | {
          readonly appId: string;
          readonly users: readonly {
            readonly id: string;
            readonly persistentId: string;
            readonly displayName: string;
            readonly uniqueName: string;
          }[];
        }
      | undefined;
  }[];
  readonly users: readonly {
    readonly alias: string;
    readonly displayName?: string | undefined;
    readonly orgScopedId: string;
    /** App-scoped id by app id. */
    readonly ids: Readonly<Record<string, string>>;
    readonly achievements: readonly ProgressSnapshot[];
    /** Ids of the apps that the user holds. */
    readonly entitled: readonly string[];
    readonly purchases: readonly (PurchaseView & { readonly appId: string })[];
    readonly subscriptions: readonly (SubscriptionView & { readonly appId: string })[];
  }[];
}

export interface ProgressSnapshot {
  readonly appId: string;
  readonly userId: string;
  readonly apiName: string;
  readonly count: string;
  readonly bits: string;
  readonly unlocked: boolean;
  /** Milliseconds since the epoch. */
  readonly unlockTime?: number | undefined;
  readonly foreign: boolean;
}

export interface EntrySnapshot {
  readonly rank: number;
  readonly userId: string;
  readonly alias: string;
  readonly score: string;
  readonly extraData?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly updatedAt: number;
}

export function snapshotOf(state: WorldState, now: number): WorldSnapshot {
  return {
    id: state.id,
    now,
    apps: [...state.apps.values()].map((app) => appSnapshot(state, app)),
    users: [...state.people.values()].map((person) => ({
      alias: person.alias,
      displayName: person.displayName,
      orgScopedId: person.orgScopedId,
      ids: Object.fromEntries([...person.accounts].map(([appId, user]) => [appId, user.id])),
      achievements: progressSnapshots(person),
      ...holdings(person),
    })),
  };
}

function holdings(person: Person): Pick<WorldSnapshot["users"][number], "entitled" | "purchases" | "subscriptions"> {
  const accounts = [...person.accounts.values()];
  return {
    entitled: accounts.filter((user) => user.entitled).map((user) => user.app.id),
    purchases: accounts.flatMap((user) =>
      user.purchases.map((each) => ({ appId: user.app.id, ...purchaseView(each) })),
    ),
    subscriptions: accounts.flatMap((user) => subscriptionsOf(user).map((each) => ({ appId: user.app.id, ...each }))),
  };
}

export function progressSnapshots(person: Person): readonly ProgressSnapshot[] {
  return [...person.accounts.values()].flatMap((user) =>
    [...user.progress.values()].flatMap((row) => {
      const state = row.at(Infinity);
      if (state === undefined) return [];
      return {
        appId: user.app.id,
        userId: user.id,
        apiName: row.definition.apiName,
        count: state.count.toString(),
        bits: state.bits,
        unlocked: state.unlockedAt !== undefined,
        unlockTime: state.unlockedAt,
        foreign: row.foreign,
      };
    }),
  );
}

export function entrySnapshot(board: AppLeaderboard, entry: AppEntry): EntrySnapshot {
  const { user, score, extraData, updatedAt } = entry;
  const { alias } = user.person;
  return { rank: board.rank(entry), userId: user.id, alias, score: score.toString(), extraData, updatedAt };
}

function appSnapshot(state: WorldState, app: App): WorldSnapshot["apps"][number] {
  return {
    id: app.id,
    achievements: [...app.achievements.values()].map(
      ({ apiName, type, writePolicy, target, bitfieldLength, archived }) => {
        return { apiName, type, writePolicy, target: target.toString(), bitfieldLength, archived };
      },
    ),
    leaderboards: [...app.leaderboards.values()].map((board) => {
      const { apiName, sortOrder, writePolicy } = board.options;
      return { apiName, sortOrder, writePolicy, entries: board.ranked().map((entry) => entrySnapshot(board, entry)) };
    }),
    items: [...app.items.values()].map(({ sku, kind, onSale }) => ({ sku, kind, onSale })),
    federated: federatedSnapshot(state, app),
  };
}

function federatedSnapshot(state: WorldState, app: App): WorldSnapshot["apps"][number]["federated"] {
  const federatedApp = [...state.federatedApps.values()].find(({ parent }) => parent === app);
  if (federatedApp === undefined) return undefined;
  const users = [...federatedApp.users.values()].flatMap(({ id, federated }) =>
    federated === undefined ? [] : { id, ...federated },
  );
  return { appId: federatedApp.id, users };
}
