import type { Room } from "@colyseus/core";
import { systemRandom, type Events, type Match, type Questline } from "@questline/core";
import { guarded, warnOf } from "./log.ts";
import { Mail, type MailFeeds } from "./mail.ts";
import { colyseusPresence, type PresenceSource } from "./relay.ts";
import { systemClock, type Clock } from "./runtime/clock.ts";
import type { Seat } from "./seat.ts";
import { Seldom } from "./seldom.ts";
import { StreakKeepers, type ForgetfulRoom } from "./streak-keepers.ts";
import type { StreakStore } from "./streak-store.ts";
import { TokenDesk } from "./token-desk.ts";
import { VerifiedPlayers } from "./verified-players.ts";

/** What the plugin listens to and asks of a Questline, whatever its events are. */
export type QuestlineFeeds = MailFeeds & Pick<Questline, "users" | "onOutcome" | "onTokenWanted">;

/** Time and surroundings; those of the machine unless a test has others. */
export interface HubParts {
  readonly clock?: Clock;
  readonly source?: PresenceSource;
  readonly outbox?: string;
  /** The outboxes of this process; with none given, this one is the only one. */
  readonly outboxes?: Set<string>;
}

/** Different things said of one room class: errors may hold words of their own each time. */
const MOST_SAID = 20;

/**
 * Where one Questline's outcomes meet the seats of this process: one subscription for all rooms, one look-up by user
 * for an outcome.
 */
export class Hub {
  readonly tokens: TokenDesk;
  readonly mail: Mail;
  readonly players: VerifiedPlayers;
  /** For what clients can bring about. */
  readonly seldom: Seldom;
  readonly clock: Clock;
  /** The plugin of each room: a second one would report every match a second time, under an id of its own. */
  readonly plugins: WeakMap<Room, unknown> = new WeakMap();
  /** Of each user here, who mostly has one. */
  readonly #seats = new Map<string, readonly Seat[]>();
  readonly #questline: QuestlineFeeds;
  readonly #keepers = new StreakKeepers();
  readonly #said = new WeakMap<object, Set<string>>();

  constructor(questline: QuestlineFeeds, parts: HubParts = {}) {
    const {
      clock = systemClock,
      source = colyseusPresence,
      outbox = systemRandom.hex(8),
      outboxes = new Set(),
    } = parts;
    const seatsOf = (userId: string): Iterable<Seat> => this.#seats.get(userId) ?? [];
    this.#questline = questline;
    this.players = new VerifiedPlayers(questline.users);
    this.seldom = new Seldom(clock);
    this.clock = clock;
    this.tokens = new TokenDesk(questline.users, seatsOf, clock);
    this.mail = new Mail({ questline, seatsOf, clock, source, outbox, outboxes });
    questline.users.onForget((userId) => this.#forget(userId));
    questline.onOutcome((outcome) => guarded("a notice", () => this.mail.settled(outcome)));
    questline.onTokenWanted(({ userId, reason }) =>
      guarded("asking for a token", () => this.tokens.want(userId, reason)),
    );
  }

  /** From now on the user's notices go to this seat, too. Entering twice changes nothing. */
  enter(userId: string, seat: Seat): void {
    const seats = this.#seats.get(userId);
    if (seats?.includes(seat)) return;
    this.#seats.set(userId, seats ? [...seats, seat] : [seat]);
    this.tokens.present(userId);
    this.mail.joined(userId, seat);
    if (!seats) void this.#lookForWaiting(userId);
  }

  /** The seat has a new connection, and sent what it kept. */
  back(userId: string, seat: Seat): void {
    this.tokens.present(userId);
    this.mail.returned(userId, seat);
  }

  seatOf(userId: string, sessionId: string): Seat | undefined {
    for (const seat of this.#seats.get(userId) ?? []) if (seat.sessionId === sessionId) return seat;
    return undefined;
  }

  /** The match, with an eye on what its reports wait for. */
  watched<E extends Events>(match: Match<E>): Match<E> {
    return {
      id: match.id,
      report: (userId, ...event) => {
        const receipt = match.report(userId, ...event);
        this.mail.waits.watch(userId);
        return receipt;
      },
    };
  }

  leave(userId: string, seat: Seat): void {
    const seats = this.#seats.get(userId);
    if (!seats?.includes(seat)) return;
    const others = seats.filter((other) => other !== seat);
    if (others.length > 0) this.#seats.set(userId, others);
    else {
      this.#seats.delete(userId);
      this.tokens.absent(userId);
    }
    this.mail.left(userId, seat);
  }

  /**
   * What waits for this player's token may have been parked by a process that is gone, or by another one, or before
   * anybody listened here: then no ask comes by itself.
   */
  async #lookForWaiting(userId: string): Promise<void> {
    try {
      const lanes = await this.#questline.inspect({ user: userId, waiting: true });
      if (lanes.some(({ state }) => state === "parked")) this.tokens.want(userId, "missing");
      if (lanes.length > 0) this.mail.waits.watch(userId);
    } catch (error) {
      warnOf("looking for results that wait for a token failed", error, { userId });
    }
  }

  /** A room with streaks, and their store: both forget a user whom Questline forgets. */
  keeps(store: Pick<StreakStore, "forget">, room: ForgetfulRoom): void {
    this.#keepers.add(store, room);
  }

  #forget(userId: string): Promise<void> {
    this.mail.forget(userId);
    this.tokens.forget(userId);
    return this.#keepers.forget(userId);
  }

  /** True the first time this is to be said of this room class: what is wrong with a class is said once. */
  isFirst(roomClass: object, words = ""): boolean {
    const said = this.#said.get(roomClass) ?? new Set();
    if (said.has(words) || said.size === MOST_SAID) return false;
    this.#said.set(roomClass, said.add(words));
    return true;
  }
}

const hubs = new WeakMap<object, Hub>();

/** The one hub of this Questline in this process, made with `parts` at the first call. Throws TypeError for anything else. */
export function hubOf(questline: QuestlineFeeds, parts?: HubParts): Hub {
  if (typeof questline?.onOutcome !== "function") {
    throw new TypeError(
      `The Colyseus plugin needs what createQuestline returned, not ${questline === null ? "null" : typeof questline}. ` +
        "If it is undefined, look for two files that import each other.",
    );
  }
  let hub = hubs.get(questline);
  if (!hub) hubs.set(questline, (hub = new Hub(questline, { outboxes: processOutboxes(), ...parts })));
  return hub;
}

/** In one place of the process, since a hot reload may evaluate this module again. */
function processOutboxes(): Set<string> {
  const place = globalThis as { [key: symbol]: unknown };
  const key = Symbol.for("questline.outboxes");
  const known = place[key];
  if (known instanceof Set) return known as Set<string>;
  const outboxes = new Set<string>();
  place[key] = outboxes;
  return outboxes;
}
