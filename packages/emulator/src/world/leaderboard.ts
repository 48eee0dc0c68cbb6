import type { SortOrder, WritePolicy } from "./definition.ts";

export interface Entry<User> {
  readonly id: string;
  readonly user: User;
  score: bigint;
  /** Standard base64; undefined when none was sent. */
  extraData: string | undefined;
  /** Milliseconds since the epoch of the last update. */
  updatedAt: number;
}

export interface LeaderboardOptions {
  readonly id: string;
  readonly apiName: string;
  readonly sortOrder: SortOrder;
  readonly writePolicy: WritePolicy;
  /** Unix seconds. */
  readonly earliest: number | undefined;
  readonly latest: number | undefined;
}

export interface ScoreChange {
  readonly score: bigint;
  readonly extraData: string | undefined;
  readonly force: boolean;
}

/** At most one entry per user, in the order of the better score. */
export class Leaderboard<User extends { readonly id: string }> {
  #options: LeaderboardOptions;
  readonly #entries = new Map<string, Entry<User>>();
  /** Sorted when read; undefined after a change. */
  #ranked: readonly Entry<User>[] | undefined;
  #ranks = new Map<string, number>();

  constructor(options: LeaderboardOptions) {
    this.#options = options;
  }

  get options(): LeaderboardOptions {
    return this.#options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Name and id stay. */
  change(changes: Partial<Omit<LeaderboardOptions, "id" | "apiName">>): void {
    this.#options = { ...this.#options, ...changes };
    this.#ranked = undefined;
  }

  entry(userId: string): Entry<User> | undefined {
    return this.#entries.get(userId);
  }

  /** Creates or updates the user's entry; a score that is not better changes nothing unless forced. */
  submit(user: User, change: ScoreChange, now: number, mintId: () => string): boolean {
    const entry = this.#entries.get(user.id);
    if (entry === undefined) {
      const { score, extraData } = change;
      this.#entries.set(user.id, { id: mintId(), user, score, extraData, updatedAt: now });
    } else if (change.force || this.#isBetter(change.score, entry.score)) {
      entry.score = change.score;
      entry.extraData = change.extraData;
      entry.updatedAt = now;
    } else {
      return false;
    }
    this.#ranked = undefined;
    return true;
  }

  /** The entry that is gone, if there was one. */
  remove(userId: string): Entry<User> | undefined {
    const entry = this.#entries.get(userId);
    if (entry === undefined) return undefined;
    this.#entries.delete(userId);
    this.#ranked = undefined;
    return entry;
  }

  /** All entries, best first; equal scores by earlier update, then by id. */
  ranked(): readonly Entry<User>[] {
    if (this.#ranked !== undefined) return this.#ranked;
    const sign = this.options.sortOrder === "HIGHER_IS_BETTER" ? -1 : 1;
    const ranked = [...this.#entries.values()].sort((a, b) => {
      if (a.score !== b.score) return a.score < b.score ? -sign : sign;
      return a.updatedAt - b.updatedAt || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
    });
    this.#ranks = new Map(ranked.map((entry, index) => [entry.id, index + 1]));
    this.#ranked = ranked;
    return ranked;
  }

  /** Counted from 1 among all entries. */
  rank(entry: Entry<User>): number {
    this.ranked();
    return this.#ranks.get(entry.id) ?? 0;
  }

  #isBetter(score: bigint, than: bigint): boolean {
    return this.options.sortOrder === "HIGHER_IS_BETTER" ? score > than : score < than;
  }
}
