import type { LaneSnapshot, Questline } from "@questline/core";
import { isClosed, warn, wordsOf } from "./log.ts";
import type { Delayed } from "./messages.ts";
import type { Clock } from "./runtime/clock.ts";

/** A result that waits for longer is worth a word. */
export const DELAYED_AFTER_MS = 10_000;
export const LOOK_EVERY_MS = 5_000;
/** Players asked about at once: an answer with all of them must not hold up a room. */
const LOOK_TOGETHER = 16;
/** Players watched at once; beyond, a player is not told of delays. */
const MOST_WATCHED = 20_000;

interface Watched {
  /** By lane: what had been accepted for it at a look, and when that was. */
  lanes: Map<string, { readonly seq: number; readonly since: number }> | undefined;
  /** A wait is told once. */
  told: boolean;
}

/**
 * Looks every `LOOK_EVERY_MS` at the lanes of players with results under way. What had been accepted at a look and is
 * not final `DELAYED_AFTER_MS` later is delayed: told once, until nothing is delayed any more. A player with nothing
 * under way is forgotten, and without players there is no look.
 */
export class WaitWatch {
  readonly #inspect: Questline["inspect"];
  readonly #tell: (userId: string, delayed: Delayed) => void;
  readonly #clock: Clock;
  readonly #users = new Map<string, Watched>();
  #isLookDue = false;
  #isFailing = false;

  constructor(inspect: Questline["inspect"], tell: (userId: string, delayed: Delayed) => void, clock: Clock) {
    this.#inspect = inspect;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** Something of this player may be under way. */
  watch(userId: string): void {
    if (this.#users.has(userId) || this.#users.size >= MOST_WATCHED) return;
    this.#users.set(userId, { lanes: undefined, told: false });
    this.#lookLater();
  }

  forget(userId: string): void {
    this.#users.delete(userId);
  }

  /** The player has a new connection, which was told nothing yet. */
  arrived(userId: string): void {
    const watched = this.#users.get(userId);
    if (watched) watched.told = false;
  }

  /** What waits now, however short. Rejects when the store cannot be read. */
  async stateOf(userId: string): Promise<Delayed> {
    return stateOf(await this.#inspect({ user: userId, waiting: true }));
  }

  #lookLater(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#clock.after(LOOK_EVERY_MS, () => void this.#look());
  }

  async #look(): Promise<void> {
    const users = [...this.#users];
    try {
      for (let first = 0; first < users.length; first += LOOK_TOGETHER) {
        const together = users.slice(first, first + LOOK_TOGETHER);
        await Promise.all(together.map(([userId, watched]) => this.#lookAt(userId, watched)));
      }
      this.#isFailing = false;
    } catch (error) {
      // Nothing can be seen any more.
      if (isClosed(error)) return this.#users.clear();
      // A store that is gone fails at every look.
      if (!this.#isFailing) warn("looking for delayed results failed", { error: wordsOf(error) });
      this.#isFailing = true;
    }
    this.#isLookDue = false;
    if (this.#users.size > 0) this.#lookLater();
  }

  async #lookAt(userId: string, watched: Watched): Promise<void> {
    const lanes = await this.#inspect({ user: userId, waiting: true });
    // Forgotten meanwhile.
    if (this.#users.get(userId) !== watched) return;
    if (lanes.length === 0) return void this.#users.delete(userId);
    const seenBefore = (watched.lanes ??= new Map());
    const now = this.#clock.monotonic();
    const late = lanes.filter(({ id, seq, settledThrough }) => {
      const seen = seenBefore.get(id);
      if (seen && settledThrough < seen.seq) return now - seen.since >= DELAYED_AFTER_MS;
      seenBefore.set(id, { seq, since: now });
      return false;
    });
    const still = new Set(lanes.map(({ id }) => id));
    for (const id of seenBefore.keys()) if (!still.has(id)) seenBefore.delete(id);
    if (late.length > 0 && !watched.told) this.#tell(userId, stateOf(late));
    watched.told = late.length > 0;
  }
}

function stateOf(lanes: readonly LaneSnapshot[]): Delayed {
  const waiting = lanes.map(({ key }) => key.target.name).sort();
  if (lanes.length === 0) return { waiting };
  if (lanes.some(({ state }) => state === "parked")) return { reason: "token", waiting };
  const tried = lanes.some(
    ({ state, reason, attempts }) => state !== "pending" || reason !== undefined || attempts > 0,
  );
  return { reason: tried ? "platform" : "queue", waiting };
}
