import type { Client, Room } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, OccurrenceOf, PayloadOf, Questline, Receipt } from "@questline/core";
import { Admission } from "./admission.ts";
import { asking } from "./asking.ts";
import type { MatchReceipts } from "./ended-round.ts";
import { Guests } from "./guests.ts";
import { hubOf, type Hub } from "./hub.ts";
import { guarded, warn, wordsOf } from "./log.ts";
import { MatchEnds } from "./match-ends.ts";
import { matchPlayer, type MatchPlayer } from "./match-player.ts";
import { RoomStreaks } from "./match-streaks.ts";
import { Partings, type AtLeave } from "./partings.ts";
import type { PluginView, QuestlinePluginOptions } from "./plugin-options.ts";
import { letsGuestsIn } from "./questline-auth.ts";
import { refusedReceipt } from "./refused-receipt.ts";
import { carefully, type ResolveUserId } from "./resolve-user-id.ts";
import { RoomRounds } from "./room-rounds.ts";
import { ownHandlers, roomMessages, type QuestlineHandlers, type RoomParts } from "./room-messages.ts";
import { RoomPluginBase } from "./room-plugin-base.ts";
import { Returning } from "./returning.ts";
import { readRoomCache, roomCache } from "./room-cache.ts";
import { Roster } from "./roster.ts";
import { SeatGate } from "./seat-gate.ts";
import { Seat, type NoticeWishes } from "./seat.ts";
import { guestKey } from "./tally.ts";
import { isPlayer, whyUnknown } from "./unknown-player.ts";
import { MatchWatchers, readWatches, type NamedWatch } from "./watch-matches.ts";
import { watchRoom } from "./watch-room.ts";

const GUEST = "a guest's report is kept, and made if the player sends a token in this session";

/**
 * Reports what happens in one room. Made by `questlinePlugin(questline)` in the room's field initialiser, one per room.
 * Nothing here throws or rejects into the room; what goes wrong is logged, counted, and shows in a receipt.
 */
export class QuestlinePlugin<E extends Events> extends RoomPluginBase {
  override readonly pluginName = "questline" as const;
  override readonly messages: QuestlineHandlers = roomMessages(() => this.#parts());

  readonly #questline: Questline<E>;
  readonly #hub: Hub;
  readonly #resolveUserId: ResolveUserId;
  readonly #gameVouches: boolean;
  readonly #notify: NoticeWishes;
  readonly #rounds: RoomRounds<E>;
  readonly #admission: Admission<E, Achievements, Leaderboards> | undefined;
  /** Where guests may play. */
  #guests: Guests | undefined;
  readonly #watch: unknown;
  readonly #leaving: AtLeave | undefined;
  readonly #streaks: RoomStreaks;
  readonly #ends: MatchEnds<E>;
  #wired: { readonly room: Room; readonly roster: Roster } | undefined;
  #watchers: MatchWatchers | undefined;
  #returning: Returning | undefined;
  #refused = 0;

  constructor(questline: Questline<E>, options: QuestlinePluginOptions<E> = {}) {
    super();
    this.#questline = questline;
    this.#hub = hubOf(questline);
    const { resolveUserId = (client) => this.#hub.players.of(client)?.id } = options;
    this.#gameVouches = options.resolveUserId !== undefined;
    this.#resolveUserId = carefully(
      (client) => this.#returning?.userIdOf(client) ?? resolveUserId(client),
      (words) => this.#sayOnce(words),
    );
    const { notify = true, progress = false, ranks = false } = options;
    this.#notify = { notices: notify, progress, ranks };
    this.#admission = options.auth && new Admission(questline, options.auth, this.#resolveUserId);
    if (options.auth === "guests") this.#guests = new Guests(questline.users, this.#hub);
    this.#watch = options.watch;
    this.#leaving = options.leaving as AtLeave | undefined;
    this.#streaks = new RoomStreaks(options.streaks, questline.events, (...kept) => this.#hub.keeps(...kept));
    this.#rounds = new RoomRounds(
      options.matchId,
      () => questline.newMatchId(this.#wired?.room.roomId ?? "room"),
      (id) => this.#hub.watched(questline.match(id)),
    );
    this.#ends = new MatchEnds({
      events: questline.events,
      rounds: this.#rounds,
      streaks: this.#streaks,
      roster: () => this.#wired?.roster,
      guests: () => this.#guests,
      refuse: (...refused) => this.#refuse(...refused),
      leftOut: (event, unverified) =>
        warn("endMatch leaves out connections that are not verified", { event, unverified }),
    });
    // The framework assigns `room` before onCreate, also where it wires no plugin hooks.
    Object.defineProperty(this, "room", {
      configurable: true,
      enumerable: false,
      get: () => this.#wired?.room,
      set: (room: Room): void => {
        this.#wire(room);
      },
    });
  }

  /** The running round's match id. */
  get matchId(): string {
    return this.#rounds.matchId;
  }

  /**
   * Reports an event of one player. An `each` event takes `{ id }` of the occurrence. Never begins another round.
   * A player who is not known or not verified gets a refused receipt.
   */
  report<K extends keyof E & string>(
    player: Client | string,
    event: K,
    payload: PayloadOf<E[K]>,
    ...more: OccurrenceOf<E[K]>
  ): Receipt {
    try {
      this.#rounds.played();
      this.#watchers?.played();
      if (!isPlayer(player)) return this.#refuse(event, whyUnknown(player, this.#wired !== undefined));
      const userId = this.#wired?.roster.userIdOf(player);
      if (userId === undefined && this.#ends.keepForGuest(player, event, payload, more)) {
        this.#count(guestKey(player), event, payload, more[0]?.id);
        return refusedReceipt(GUEST);
      }
      if (userId === undefined) return this.#refuse(event, whyUnknown(player, this.#wired !== undefined));
      const receipt = this.#rounds.match.report(userId, event, payload, ...more);
      this.#count(userId, event, payload, more[0]?.id);
      return receipt;
    } catch (error) {
      return this.#refuse(event, wordsOf(error));
    }
  }

  /**
   * Ends the round: reports `event` once for every verified player of it, those who left included, and begins the next.
   * `payloadFor` returns what to report, or undefined for a player to leave out; if it throws, only that player is
   * refused. Ending again within one turn of the event loop, with no report in between, ends the same round: another
   * event is reported for the same players, and the same event gives the same receipts.
   */
  endMatch<K extends keyof E & string>(
    event: K,
    payloadFor: (player: MatchPlayer<E>) => PayloadOf<E[K]> | undefined,
  ): MatchReceipts {
    // What a watch saw right now, the game need not tell again.
    const seen = this.#rounds.ended === undefined ? this.#watchers?.justReported(event) : undefined;
    if (seen) return seen;
    this.#watchers?.endedByGame(event);
    const game = asking(payloadFor);
    const receipts = this.#ends.end(event, game.ask);
    if (game.gaveNothing())
      this.#sayOnce(`endMatch: the function for "${event}" returned nothing for anybody; is a \`return\` missing?`);
    return receipts ?? new Map();
  }

  /** Begins a round without ending one, with everyone connected now; returns its match id, `id` if given. */
  beginMatch(id?: string): string {
    const matchId = this.#rounds.begin(id);
    guarded("beginMatch", () => this.#wired?.roster.begin());
    return matchId;
  }

  /** What the monitor may show. */
  toJSON(): PluginView {
    const players = this.#wired?.roster.players().length ?? 0;
    const guests = this.#guests && { guestReports: this.#guests.counts };
    return { matchId: this.matchId, players, refused: this.#refused, ...guests };
  }

  #wire(room: Room): void {
    if (this.#wired?.room === room) return;
    // Shared between rooms it would report one room's players in another's match.
    if (this.#wired)
      throw new Error("questlinePlugin(...) is shared by two rooms: call it in the room's field initialiser.");
    if (!this.#admission && letsGuestsIn(Reflect.get(room.constructor, "onAuth")))
      this.#guests = new Guests(this.#questline.users, this.#hub);
    const makeSeat = (sessionId: string): Seat => new Seat(room, sessionId, this.#notify);
    const roster = new Roster(room, makeSeat, this.#resolveUserId, {
      known: (userId, seat) => {
        this.#hub.enter(userId, seat);
        this.#streaks.meet(userId);
      },
      returned: (userId, seat) => {
        seat.resume();
        if (userId !== undefined) this.#hub.back(userId, seat);
      },
      gone: (userId, seat) => this.#hub.leave(userId, seat),
      guestGone: (seat) => this.#guests?.gone(seat),
    });
    this.#wired = { room, roster };
    this.#hub.plugins.set(room, this);
    guarded("messages", () => ownHandlers(room));
    const returning = (this.#returning = new Returning(room));
    const problem = (words: string): void => this.#sayOnce(words);
    const watches = readWatches(this.#watch, this.#questline.events, problem);
    this.#watchers = guarded("watch", () => this.#watchersOf(room, roster, watches));
    const partings = this.#partingsOf(room, roster, watches);
    guarded("meeting other processes", () => this.#hub.mail.hosts());
    const gate = new SeatGate({
      room,
      hub: this.#hub,
      admission: this.#admission,
      returning,
      gameVouches: this.#gameVouches,
    });
    watchRoom(room, {
      ...gate.hooks,
      joining: (client) => {
        roster.join(client);
        this.#watchers?.joining();
      },
      joinRefused: (client) => roster.forget(client),
      returned: (client) => {
        partings.returned(client);
        roster.comeBack(client);
      },
      leaving: (client) => {
        this.#watchers?.look(client);
        partings.leaving(client);
      },
      left: (client) => {
        roster.leave(client);
        partings.left(client);
      },
      evicting: () => {
        this.#watchers?.close();
        partings.evicting();
      },
      staying: () => {
        this.#watchers?.reopen();
        partings.staying();
      },
      disposing: () => this.#watchers?.look(),
      disposed: () => roster.close(),
      toCache: () => {
        // An end that no patch has shown yet is this life's.
        this.#watchers?.look();
        return roomCache(this.matchId, roster.toPast(), this.#rounds.tallies);
      },
      fromCache: (cached) => {
        const read = readRoomCache(cached);
        if (!read) return;
        this.beginMatch(read.matchId);
        returning.expect(read.players);
        roster.recall(read.players);
        this.#rounds.tallies.restore(read.tallies);
        for (const { userId } of read.players) this.#streaks.meet(userId);
      },
      restored: () => this.#watchers?.restored(),
    });
  }

  /** An event that happens once per match has one occurrence. */
  #count(key: string, event: string, payload: unknown, occurrence: string | undefined): void {
    const once = this.#questline.events[event]?.occurs === "once-per-match";
    // The report is made by now: a payload that cannot be read through must not look like a refusal.
    guarded("a tally", () => this.#rounds.tallies.add(key, event, payload, once ? "" : occurrence));
  }

  #watchersOf(room: Room, roster: Roster, watches: readonly NamedWatch[]): MatchWatchers | undefined {
    const seen = watches.filter(({ watch }) => watch.leave === undefined);
    if (seen.length === 0) return undefined;
    return new MatchWatchers(room, seen, {
      clock: this.#hub.clock,
      end: (event, payloadFor) =>
        this.#ends.end(event, payloadFor as (player: MatchPlayer<E>) => PayloadOf<E[string]>, true),
      begun: (leaving) => roster.begin(leaving),
      refused: () => this.#refused++,
      problem: (words) => this.#sayOnce(words),
    });
  }

  #partingsOf(room: Room, roster: Roster, watches: readonly NamedWatch[]): Partings {
    const isEndless = watches.every(({ watch }) => watch.leave !== undefined);
    return new Partings(watches, {
      room,
      leaving: this.#leaving,
      player: (client) => {
        const leaver = roster.leaver(client);
        return leaver && matchPlayer(leaver, this.#rounds.tallies, this.#streaks);
      },
      keep: (client, known) => roster.keepAtLeave(client, known),
      isHere: (userId) => roster.isHere(userId),
      report: (event, player, payload) => {
        const { userId, sessionId } = player;
        const match = this.#hub.watched(this.#questline.match(`${this.matchId}:${sessionId}`));
        this.#ends.reportAlone(match, event, player as MatchPlayer<E>, payload);
        if (!isEndless) return;
        this.#rounds.tallies.drop(userId);
        roster.release(userId);
      },
      problem: (words) => this.#sayOnce(words),
    });
  }

  #parts(): RoomParts | undefined {
    const guests = this.#guests;
    if (!this.#wired) return undefined;
    const { roster } = this.#wired;
    return {
      hub: this.#hub,
      roster,
      ...(guests && {
        // What a guest did in this round goes on as the player's, once they are one.
        claim: async (client, seat, token) => {
          await guests.claim(client, seat, token);
          const userId = roster.userIdOf(client);
          if (userId !== undefined) this.#rounds.tallies.move(guestKey(client), userId);
        },
      }),
    };
  }

  /** What is wrong with a room class is said once, however many rooms and players show it. */
  #sayOnce(words: string): void {
    const { constructor: roomClass } = this.#wired?.room ?? {};
    if (roomClass && this.#hub.isFirst(roomClass, words)) warn(words, { room: roomClass.name });
  }

  #refuse(event: string, reason: string, userId?: string): Receipt {
    this.#refused++;
    // One line for each reason that is not an error's own words: a room may ask in every tick.
    this.#hub.seldom.warn("a report is refused", { event, reason, ...(userId !== undefined && { userId }) }, reason);
    return refusedReceipt(reason);
  }
}

/** `plugins = definePlugins([questlinePlugin(questline)])`, then `this.plugins.questline.report(...)`. */
export function questlinePlugin<E extends Events, A extends Achievements, L extends Leaderboards, S = never>(
  questline: Questline<E, A, L>,
  options: QuestlinePluginOptions<NoInfer<E>, S> = {},
): QuestlinePlugin<E> {
  return new QuestlinePlugin<E>(questline, options as QuestlinePluginOptions<E>);
}
