import type { DELAYED, UNLOCKED } from "./messages.ts";
import type { Notice } from "./notice.ts";
import type { Clock } from "./runtime/clock.ts";

/** Notices of one player; the oldest goes first. */
export const MOST_SHELVED = 50;
/** Players; the one who was thought of longest ago goes first. */
const MOST_PLAYERS = 10_000;
/** A score of a match that is long over is no news. */
export const SHELVED_FOR_MS = 600_000;

export type ShelvedNotice = Exclude<Notice, { readonly type: typeof UNLOCKED | typeof DELAYED }>;

interface Shelved {
  readonly notice: ShelvedNotice;
  /** Monotonic ms. */
  readonly at: number;
}

/**
 * Notices that nobody was there to take, in memory. Unlocks are not among them: the store has those until they are
 * acknowledged.
 */
export class Shelf {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #byUser = new Map<string, readonly Shelved[]>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  put(userId: string, notice: ShelvedNotice): void {
    const before = this.#byUser.get(userId) ?? [];
    this.#byUser.delete(userId);
    this.#byUser.set(userId, [...before, { notice, at: this.#clock.monotonic() }].slice(-MOST_SHELVED));
    if (this.#byUser.size <= MOST_PLAYERS) return;
    for (const [oldest] of this.#byUser) {
      this.#byUser.delete(oldest);
      return;
    }
  }

  /** What is still news, oldest first. It stays. */
  look(userId: string): readonly ShelvedNotice[] {
    const since = this.#clock.monotonic() - SHELVED_FOR_MS;
    return (this.#byUser.get(userId) ?? []).filter(({ at }) => at >= since).map(({ notice }) => notice);
  }

  /** As `look`, and the shelf is empty then. */
  take(userId: string): readonly ShelvedNotice[] {
    const notices = this.look(userId);
    this.#byUser.delete(userId);
    return notices;
  }

  forget(userId: string): void {
    this.#byUser.delete(userId);
  }

  drop(userId: string, ids: readonly string[]): void {
    const before = this.#byUser.get(userId);
    if (before === undefined) return;
    const left = before.filter(({ notice }) => !ids.includes(notice.payload.id));
    if (left.length === 0) this.#byUser.delete(userId);
    else this.#byUser.set(userId, left);
  }
}
