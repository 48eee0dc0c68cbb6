import type { Events, PayloadOf, Receipt } from "@questline/core";
import { isPromise } from "./is-promise.ts";
import { guarded, warn, wordsOf } from "./log.ts";
import type { StreakLengths, StreakStore } from "./streak-store.ts";

/** What is kept across matches: matches of `event` in a row whose payload says yes. */
export type MatchStreaks<E extends Events> = {
  readonly [K in keyof E & string]: {
    readonly store: StreakStore;
    /** Reported by `endMatch` or `watch`; its payload decides. */
    readonly event: K;
    /** By the streak's name: does this match go on with it? */
    readonly of: Readonly<Record<string, (payload: PayloadOf<E[K]>) => boolean>>;
  };
}[keyof E & string];

interface UsableStreaks {
  readonly store: StreakStore;
  readonly event: string;
  readonly of: Readonly<Record<string, (payload: unknown) => boolean>>;
}

function problemOf(streaks: Partial<UsableStreaks> | null, events: Events): string | undefined {
  if (typeof streaks?.store?.read !== "function" || typeof streaks.store.record !== "function")
    return "`store` must be what sqliteStreaks(path) or memoryStreaks() returned";
  if (typeof streaks.event !== "string" || !Object.hasOwn(events, streaks.event))
    return `\`event\` must name an event; there are ${Object.keys(events).join(", ") || "none"}`;
  const isWrong = (of: unknown): boolean => typeof of !== "function";
  if (typeof streaks.of !== "object" || streaks.of === null || Object.values(streaks.of).some(isWrong))
    return "`of` must be an object of functions (payload) => boolean by the streak's name";
  return undefined;
}

function hit(name: string, answer: unknown): boolean {
  if (typeof answer !== "boolean")
    warn(`streaks: \`of.${name}\` must return true or false, not ${isPromise(answer) ? "a promise" : typeof answer}`);
  return answer === true;
}

interface Read {
  /** Undefined until the store has answered. */
  lengths: StreakLengths | undefined;
}

/** Users whose streaks one room remembers; beyond, the earliest are read again. */
const MOST_READ = 10_000;

/** The streaks of one room's players: read when a player is met, recorded when their match is accepted. */
export class RoomStreaks {
  readonly #streaks: UsableStreaks | undefined;
  /** By user. */
  readonly #read = new Map<string, Read>();

  /** `kept` hears of the store and this room, which keep more of users than Questline does. */
  constructor(streaks: unknown, events: Events, kept: (store: StreakStore, room: RoomStreaks) => void = () => {}) {
    const problem = streaks === undefined ? undefined : problemOf(streaks as Partial<UsableStreaks> | null, events);
    if (problem === undefined) this.#streaks = streaks as UsableStreaks | undefined;
    if (this.#streaks) kept(this.#streaks.store, this);
    if (problem !== undefined) warn(`streaks: ${problem}. No streaks are kept`);
  }

  /** This user is in the room. Repeating it costs nothing. */
  meet(userId: string): void {
    const { store } = this.#streaks ?? {};
    if (!store || this.#read.has(userId)) return;
    this.#readOf(userId);
    void guarded("reading streaks", () => this.#take(userId, store.read(userId)));
  }

  /** How long each streak is until more is recorded: 0 for one that does not exist, or is not read yet. */
  of(userId: string): (name: string) => number {
    const lengths = this.#read.get(userId)?.lengths;
    if (lengths !== undefined) return (name) => lengths[name] ?? 0;
    return (name) => {
      if (this.#streaks) warn("a streak is asked for that is not read yet; it counts as 0", { userId, streak: name });
      return 0;
    };
  }

  /** A user's match was reported. It is recorded when it is accepted: also again, since the store counts it once. */
  reported(userId: string, matchId: string, event: string, payload: unknown, { durable }: Receipt): void {
    const streaks = this.#streaks;
    if (streaks?.event !== event) return;
    const hits = guarded("a streak's function", () =>
      Object.fromEntries(Object.entries(streaks.of).map(([name, isHit]) => [name, hit(name, isHit(payload))])),
    );
    if (!hits) return;
    void durable.then(({ status }) => {
      if (status === "refused") return;
      void guarded("recording streaks", () => this.#take(userId, streaks.store.record(userId, matchId, hits)));
    });
  }

  /** Whoever is forgotten is met anew: what is still on its way was asked before. */
  forget(userId: string): void {
    if (this.#read.delete(userId)) this.meet(userId);
  }

  async #take(userId: string, lengths: Promise<StreakLengths>): Promise<void> {
    const read = this.#readOf(userId);
    try {
      // A store of the game's own may have nothing to say of a user.
      read.lengths = (await lengths) ?? {};
    } catch (error) {
      if (read.lengths === undefined && this.#read.get(userId) === read) this.#read.delete(userId);
      warn("streaks are not available", { userId, error: wordsOf(error) });
    }
  }

  #readOf(userId: string): Read {
    const known = this.#read.get(userId);
    if (known) return known;
    const fresh: Read = { lengths: undefined };
    this.#read.set(userId, fresh);
    const earliest = this.#read.size > MOST_READ ? this.#read.keys().next().value : undefined;
    if (earliest !== undefined) this.#read.delete(earliest);
    return fresh;
  }
}
