import type { App, AppEntry, AppLeaderboard, Person } from "./app.ts";
import type { AchievementType, SortOrder, WritePolicy } from "./definition.ts";
import type { WorldState } from "./state.ts";

/** The world as plain JSON: 64-bit values as decimal text, times in milliseconds; no secret, token or nonce. */
export interface WorldSnapshot {
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
  }[];
  readonly users: readonly {
    readonly alias: string;
    readonly displayName?: string | undefined;
    readonly orgScopedId: string;
    /** App-scoped id by app id. */
    readonly ids: Readonly<Record<string, string>>;
    readonly achievements: readonly ProgressSnapshot[];
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
    now,
    apps: [...state.apps.values()].map(appSnapshot),
    users: [...state.people.values()].map((person) => ({
      alias: person.alias,
      displayName: person.displayName,
      orgScopedId: person.orgScopedId,
      ids: Object.fromEntries([...person.accounts].map(([appId, user]) => [appId, user.id])),
      achievements: progressSnapshots(person),
    })),
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

function appSnapshot(app: App): WorldSnapshot["apps"][number] {
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
  };
}
