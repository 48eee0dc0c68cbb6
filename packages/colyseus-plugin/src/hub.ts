import type { Questline, SettledOutcome } from "@questline/core";
import { guarded, warn, wordsOf } from "./log.ts";
import { RECORDED, UNLOCKED } from "./messages.ts";
import { systemClock, type Clock } from "./runtime/clock.ts";
import type { Seat } from "./seat.ts";
import { TokenDesk } from "./token-desk.ts";

/** What the plugin listens to and asks of a Questline, whatever its events are. */
export type QuestlineFeeds = Pick<Questline, "users" | "onOutcome" | "onTokenWanted" | "inspect">;

/** Different things said of one room class: errors may hold words of their own each time. */
const MOST_SAID = 20;

/**
 * Where one Questline's outcomes meet the seats of this process: one subscription for all rooms, one look-up by user
 * for an outcome.
 */
export class Hub {
  readonly tokens: TokenDesk;
  readonly #seats = new Map<string, Set<Seat>>();
  readonly #questline: QuestlineFeeds;
  readonly #said = new WeakMap<object, Set<string>>();

  constructor(questline: QuestlineFeeds, clock: Clock = systemClock) {
    this.#questline = questline;
    this.tokens = new TokenDesk(questline.users, (userId) => this.#seats.get(userId) ?? [], clock);
    questline.onOutcome((outcome) => guarded("a notice", () => this.#tell(outcome)));
    questline.onTokenWanted(({ userId, reason }) =>
      guarded("asking for a token", () => this.tokens.want(userId, reason)),
    );
  }

  /** From now on the user's notices go to this seat, too. Entering twice changes nothing. */
  enter(userId: string, seat: Seat): void {
    const seats = this.#seats.get(userId);
    if (seats?.has(seat)) return;
    if (seats) seats.add(seat);
    else this.#seats.set(userId, new Set([seat]));
    this.tokens.present(userId);
    if (!seats) void this.#askForParked(userId);
  }

  leave(userId: string, seat: Seat): void {
    const seats = this.#seats.get(userId);
    if (!seats?.delete(seat) || seats.size > 0) return;
    this.#seats.delete(userId);
    this.tokens.absent(userId);
  }

  /**
   * What waits for this player's token may have been parked by a process that is gone, or by another one, or before
   * anybody listened here: then no ask comes by itself.
   */
  async #askForParked(userId: string): Promise<void> {
    try {
      const lanes = await this.#questline.inspect({ user: userId });
      if (lanes.some(({ state }) => state === "parked")) this.tokens.want(userId, "missing");
    } catch (error) {
      warn("looking for results that wait for a token failed", { userId, error: wordsOf(error) });
    }
  }

  /** True the first time this is to be said of this room class: what is wrong with a class is said once. */
  isFirst(roomClass: object, words = ""): boolean {
    const said = this.#said.get(roomClass) ?? new Set();
    if (said.has(words) || said.size === MOST_SAID) return false;
    this.#said.set(roomClass, said.add(words));
    return true;
  }

  #tell({ id, userId, target, status, unlocked, score, improved, at }: SettledOutcome): void {
    const seats = this.#seats.get(userId);
    if (!seats) return;
    if (target.type === "achievement" && unlocked) {
      for (const seat of seats) seat.notify(UNLOCKED, { id, achievement: target.name, at });
    }
    if (target.type === "leaderboard" && status === "delivered" && score !== undefined) {
      const recorded = {
        id,
        leaderboard: target.name,
        score: score.toString(),
        improved: improved ?? "unknown",
      } as const;
      for (const seat of seats) seat.notify(RECORDED, recorded);
    }
  }
}

const hubs = new WeakMap<object, Hub>();

/** The one hub of this Questline in this process. Throws TypeError for anything else. */
export function hubOf(questline: QuestlineFeeds): Hub {
  if (typeof questline?.onOutcome !== "function") {
    throw new TypeError(
      `The Colyseus plugin needs what createQuestline returned, not ${questline === null ? "null" : typeof questline}. ` +
        "If it is undefined, look for two files that import each other.",
    );
  }
  let hub = hubs.get(questline);
  if (!hub) hubs.set(questline, (hub = new Hub(questline)));
  return hub;
}
