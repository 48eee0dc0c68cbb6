import type { Questline, SettledOutcome } from "@questline/core";
import { warnOf } from "./log.ts";
import { DELAYED, PROGRESS, RECORDED, UNLOCKED, type Delayed } from "./messages.ts";
import { noticeOf, type Notice } from "./notice.ts";
import { RankDesk } from "./rank-desk.ts";
import { Relay, type Presence, type PresenceSource, type RelayListener, type Why } from "./relay.ts";
import type { Clock } from "./runtime/clock.ts";
import type { Seat } from "./seat.ts";
import { Shelf } from "./shelf.ts";
import { WaitWatch } from "./wait-watch.ts";

export type MailFeeds = Pick<
  Questline,
  "appId" | "achievements" | "announcements" | "acknowledge" | "inspect" | "graph"
>;

/** Unlocks sent again at once; those beyond follow when these are acknowledged. */
const MOST_REMINDED = 100;

export interface MailParts {
  readonly questline: MailFeeds;
  readonly seatsOf: (userId: string) => Iterable<Seat>;
  readonly clock: Clock;
  readonly source: PresenceSource;
  /** This outbox, unlike any other. */
  readonly outbox: string;
  /** Those of this process. */
  readonly outboxes: Set<string>;
}

/**
 * Brings notices to the seats their players have, in this process or another.
 *
 * An unlock is in the store until the player acknowledges it, and sent on every join, return and pull until then. Other
 * notices go to the seats there are; with none here they wait in memory for the next one, wherever that is.
 * Nothing here throws or rejects.
 */
export class Mail implements RelayListener {
  readonly waits: WaitWatch;
  readonly #questline: MailFeeds;
  readonly #seatsOf: (userId: string) => Iterable<Seat>;
  readonly #relay: Relay;
  readonly #ranks: RankDesk;
  readonly #shelf: Shelf;
  /** By user: how many scores' places are being read. */
  readonly #ranked = new Map<string, { reads: number }>();
  /** A room of this process wants progress to be told. */
  #progress = false;

  constructor({ questline, seatsOf, clock, source, outbox, outboxes }: MailParts) {
    this.#questline = questline;
    this.#seatsOf = seatsOf;
    this.#shelf = new Shelf(clock);
    this.#ranks = new RankDesk({ entries: (...query) => questline.graph.leaderboards.entries(...query) });
    this.#relay = new Relay({ app: questline.appId, outbox, outboxes, source, listener: this });
    this.waits = new WaitWatch(
      (filter) => questline.inspect(filter),
      (userId, delayed) => this.#tell(userId, { type: DELAYED, payload: delayed }),
      clock,
    );
  }

  /** A room of this process takes reports; it may be of another copy of Colyseus than ours, with a presence of its own. */
  hosts(presence?: Presence): void {
    this.#relay.hosts(presence);
  }

  settled(outcome: SettledOutcome): void {
    const notice = noticeOf(outcome, this.#questline.achievements);
    if (notice && (notice.type !== PROGRESS || this.#progress)) this.#tell(outcome.userId, notice);
  }

  /** The player has a new seat. */
  joined(userId: string, seat: Seat): void {
    this.#progress ||= seat.wishes.progress;
    this.#unshelve(userId, seat);
    // Of seats held for somebody who joined anew instead of coming back.
    for (const held of this.#seatsOf(userId)) {
      if (held !== seat) for (const notice of held.takeKept()) this.#give(userId, seat, notice);
    }
    void this.#remind(userId, seat);
    this.waits.arrived(userId);
    this.#relay.want(userId, "joined");
  }

  /** The player is back on a seat, which has sent what it kept. */
  returned(userId: string, seat: Seat): void {
    void this.#remind(userId, seat);
    this.#relay.want(userId, "returned");
  }

  /** The player has this seat no more, and may have another one: what it kept waits for the next. */
  left(userId: string, seat: Seat): void {
    const kept = seat.takeKept();
    for (const _ of this.#seatsOf(userId)) return;
    for (const notice of kept) this.#shelve(userId, notice);
  }

  /** Nothing that was to be told this player is told any more. */
  forget(userId: string): void {
    this.#shelf.forget(userId);
    this.#ranked.delete(userId);
    this.waits.forget(userId);
    for (const seat of this.#seatsOf(userId)) seat.forget();
  }

  /** The player asks for everything that is not acknowledged, and what waits. */
  async pull(userId: string, seat: Seat): Promise<void> {
    seat.forgetTold();
    this.#unshelve(userId, seat);
    this.#relay.want(userId, "asked");
    await this.#remind(userId, seat);
    const delayed = await this.#waiting(userId);
    if (delayed) seat.notify({ type: DELAYED, payload: delayed });
  }

  /** The player has seen these. */
  async acknowledge(userId: string, ids: readonly string[]): Promise<void> {
    this.#relay.took(userId, ids, true);
    await this.#acknowledge(userId, ids);
  }

  /** From another process. */
  notice(userId: string, notice: Notice): void {
    const isTaken = this.#deliver(userId, notice);
    if (isTaken && "id" in notice.payload) this.#relay.took(userId, [notice.payload.id], false);
  }

  /** From another process: what this one has goes there. */
  wanted(userId: string, why: Why): void {
    if (why === "joined") this.waits.arrived(userId);
    for (const notice of this.#shelf.look(userId)) this.#relay.notice(userId, notice);
    void this.#unseen(userId).then((unlocks) => {
      for (const notice of unlocks) this.#relay.notice(userId, notice);
    });
    if (why === "asked") void this.#relayWaiting(userId);
  }

  /** From another process. */
  taken(userId: string, ids: readonly string[], acknowledged: boolean): void {
    if (acknowledged) void this.#acknowledge(userId, ids);
    else this.#shelf.drop(userId, ids);
  }

  #tell(userId: string, notice: Notice): void {
    if (this.#deliver(userId, notice)) this.#relay.notice(userId, notice);
    else this.#shelve(userId, notice);
  }

  /** Nobody is here to take it: it waits, and may be taken elsewhere. */
  #shelve(userId: string, notice: Notice): void {
    if (notice.type !== UNLOCKED && notice.type !== DELAYED) this.#shelf.put(userId, notice);
    this.#relay.notice(userId, notice);
  }

  #deliver(userId: string, notice: Notice): boolean {
    let isTaken = false;
    for (const seat of this.#seatsOf(userId)) isTaken = this.#give(userId, seat, notice) || isTaken;
    return isTaken;
  }

  #give(userId: string, seat: Seat, notice: Notice): boolean {
    const { type, payload } = notice;
    if (type !== RECORDED || !seat.wishes.ranks || !seat.wishes.notices) return seat.notify(notice);
    const ranked = this.#ranked.get(userId) ?? { reads: 0 };
    ranked.reads += 1;
    this.#ranked.set(userId, ranked);
    void this.#ranks.rankOf(userId, payload.leaderboard).then((rank) => {
      // Forgotten meanwhile.
      if (this.#ranked.get(userId) !== ranked) return;
      ranked.reads -= 1;
      if (ranked.reads === 0) this.#ranked.delete(userId);
      if (this.#isSeated(userId, seat))
        seat.notify({ type, payload: rank === undefined ? payload : { ...payload, rank } });
      else if (!this.#deliver(userId, notice)) this.#shelf.put(userId, notice);
    });
    return true;
  }

  #isSeated(userId: string, seat: Seat): boolean {
    for (const held of this.#seatsOf(userId)) if (held === seat) return true;
    return false;
  }

  #unshelve(userId: string, seat: Seat): void {
    for (const notice of this.#shelf.take(userId)) {
      if (!this.#give(userId, seat, notice)) this.#shelf.put(userId, notice);
    }
  }

  async #remind(userId: string, seat: Seat): Promise<void> {
    for (const notice of await this.#unseen(userId)) seat.notify(notice);
  }

  async #unseen(userId: string): Promise<readonly Notice[]> {
    try {
      const unseen = await this.#questline.announcements(userId);
      return unseen
        .slice(0, MOST_REMINDED)
        .map(({ id, achievement, at }) => ({ type: UNLOCKED, payload: { id, achievement, at } }));
    } catch (error) {
      warnOf("unlocks that were not acknowledged could not be read", error, { userId });
      return [];
    }
  }

  async #waiting(userId: string): Promise<Delayed | undefined> {
    try {
      return await this.waits.stateOf(userId);
    } catch (error) {
      warnOf("what waits for a player could not be read", error, { userId });
      return undefined;
    }
  }

  async #relayWaiting(userId: string): Promise<void> {
    const delayed = await this.#waiting(userId);
    if (delayed && delayed.waiting.length > 0) this.#relay.notice(userId, { type: DELAYED, payload: delayed });
  }

  async #acknowledge(userId: string, ids: readonly string[]): Promise<void> {
    this.#shelf.drop(userId, ids);
    try {
      await this.#questline.acknowledge(userId, ids);
    } catch (error) {
      warnOf("an acknowledgement was not stored; the notice comes again", error, { userId });
    }
  }
}
