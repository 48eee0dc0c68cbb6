import { ClientState, type Client, type Room } from "@colyseus/core";
import { connectionOf } from "./connection-of.ts";
import { guarded } from "./log.ts";
import { DELAYED, PROGRESS, TOKEN, UNLOCKED, type QuestlineMessages } from "./messages.ts";
import type { Notice } from "./notice.ts";

/** Notices kept for a player who is away; the oldest goes first. */
export const MOST_KEPT = 50;

/** Which notices a room wants its players to have. */
export interface NoticeWishes {
  /** Any at all. */
  readonly notices: boolean;
  readonly progress: boolean;
  /** Recorded scores with the place they took. */
  readonly ranks: boolean;
}

/**
 * One session of a room, from its join until it is left for good.
 *
 * A reconnection brings a new connection object for the same session, and what is sent to the old one is silently lost.
 * So a seat finds its connection anew for every send, and keeps notices while there is none.
 */
export class Seat {
  readonly sessionId: string;
  readonly wishes: NoticeWishes;
  readonly #room: Room;
  /** Most seats never keep anything, so it is made when there is something. */
  #kept: Notice[] | undefined;
  #dropped = 0;
  /** Ids of the unlocks this connection was told of; another connection may not have got them. */
  #told: { readonly connection: Client; readonly ids: Set<string> } | undefined;

  constructor(room: Room, sessionId: string, wishes: NoticeWishes) {
    this.#room = room;
    this.wishes = wishes;
    this.sessionId = sessionId;
  }

  get connection(): Client | undefined {
    return connectionOf(this.#room, this.sessionId);
  }

  /** Notices given up on, since too many came while the player was away. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Sends now, or when the player is back; nothing of what the room does not want, and no unlock twice on one
   * connection. True if the player has it or will.
   */
  notify(notice: Notice): boolean {
    const { type, payload } = notice;
    if (!this.#wants(type)) return false;
    if (type === UNLOCKED && this.#wasTold(payload.id)) return true;
    if (this.send(type, payload)) return true;
    // Whether results wait is asked anew when the player is back.
    if (type === DELAYED) return false;
    const kept = (this.#kept ??= []);
    kept.push(notice);
    if (kept.length > MOST_KEPT) {
      kept.shift();
      this.#dropped++;
    }
    return true;
  }

  /** Sends now; false if the player is away. */
  send<K extends keyof QuestlineMessages>(type: K, payload: QuestlineMessages[K]): boolean {
    const { connection } = this;
    // What is sent to a connection that is being closed is lost without a word.
    if (!connection || connection.state === ClientState.LEAVING) return false;
    const sent = guarded(`sending ${type}`, () => (connection.send(type, payload), true)) ?? false;
    if (sent && type === UNLOCKED && "id" in payload) this.#tell(connection, payload.id);
    return sent;
  }

  /** The player is back: sends what was kept. */
  resume(): void {
    for (const notice of this.takeKept()) this.notify(notice);
  }

  /** What was kept, which is the caller's to bring to the player now. */
  takeKept(): readonly Notice[] {
    const kept = this.#kept ?? [];
    this.#kept = undefined;
    return kept;
  }

  /** Drops what was kept, and what this connection was told of. */
  forget(): void {
    this.#kept = undefined;
    this.#told = undefined;
  }

  /** The player asks for everything: unlocks are sent again also where this connection had them. */
  forgetTold(): void {
    this.#told = undefined;
  }

  #wants(type: keyof QuestlineMessages): boolean {
    return type === TOKEN || (this.wishes.notices && (type !== PROGRESS || this.wishes.progress));
  }

  #wasTold(id: string): boolean {
    const told = this.#told?.connection === this.connection && this.#told?.ids.has(id) === true;
    const keeps = ({ type, payload }: Notice): boolean => type === UNLOCKED && payload.id === id;
    return told || this.#kept?.some(keeps) === true;
  }

  #tell(connection: Client, id: string): void {
    if (this.#told?.connection !== connection) this.#told = { connection, ids: new Set() };
    this.#told.ids.add(id);
  }
}
