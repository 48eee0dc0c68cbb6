/** How long each of a user's streaks is, by name. */
export type StreakLengths = Readonly<Record<string, number>>;

/**
 * Keeps streaks across matches: a durable number per user and name. One store serves all rooms of a process. Its
 * promises reject where it cannot answer; the plugin then says so and goes on.
 */
export interface StreakStore {
  /** Empty for a user without any. */
  read(userId: string): Promise<StreakLengths>;
  /**
   * Takes in a user's match: a hit makes that streak one longer, a miss ends it. A match that was taken in before
   * changes nothing. Resolves with the user's streaks once they are safe.
   */
  record(userId: string, matchId: string, hits: Readonly<Record<string, boolean>>): Promise<StreakLengths>;
  /** Drops all that is kept of a user, as `users.forget` does; a store without it is not asked. */
  forget?(userId: string): Promise<unknown>;
  close(): Promise<void>;
}

/** Streaks that end with the process, for tests. */
export function memoryStreaks(): StreakStore {
  const lengths = new Map<string, Record<string, number>>();
  const counted = new Set<string>();
  return {
    read: async (userId) => ({ ...lengths.get(userId) }),
    async record(userId, matchId, hits) {
      const match = JSON.stringify([userId, matchId]);
      const streaks = lengths.get(userId) ?? {};
      if (!counted.has(match)) {
        counted.add(match);
        for (const [name, hit] of Object.entries(hits)) streaks[name] = hit ? (streaks[name] ?? 0) + 1 : 0;
        lengths.set(userId, streaks);
      }
      return { ...streaks };
    },
    async forget(userId) {
      lengths.delete(userId);
      for (const match of counted) if (JSON.parse(match)[0] === userId) counted.delete(match);
    },
    close: async () => {},
  };
}
