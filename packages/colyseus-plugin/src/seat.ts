import type { Client, Room } from "@colyseus/core";
import { connectionOf } from "./connection-of.ts";
import { guarded } from "./log.ts";
import type { QuestlineMessages } from "./messages.ts";

/** Notices kept for a player who is away; the oldest goes first. */
export const MOST_KEPT = 50;

interface Notice {
  readonly type: keyof QuestlineMessages;
  readonly payload: QuestlineMessages[keyof QuestlineMessages];
}

/**
 * One session of a room, from its join until it is left for good.
 *
 * A reconnection brings a new connection object for the same session, and what is sent to the old one is silently lost.
 * So a seat finds its connection anew for every send, and keeps notices while there is none.
 */
export class Seat {
  readonly sessionId: string;
  readonly #room: Room;
  readonly #notices: boolean;
  #kept: Notice[] = [];
  #dropped = 0;

  constructor(room: Room, sessionId: string, notices: boolean) {
    this.#room = room;
    this.#notices = notices;
    this.sessionId = sessionId;
  }

  get connection(): Client | undefined {
    return connectionOf(this.#room, this.sessionId);
  }

  /** Notices given up on, since too many came while the player was away. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Sends now, or when the player is back; nothing in a room that wants no notices. */
  notify<K extends keyof QuestlineMessages>(type: K, payload: QuestlineMessages[K]): void {
    if (!this.#notices || this.send(type, payload)) return;
    this.#kept.push({ type, payload });
    if (this.#kept.length <= MOST_KEPT) return;
    this.#kept.shift();
    this.#dropped++;
  }

  /** Sends now; false if the player is away. */
  send<K extends keyof QuestlineMessages>(type: K, payload: QuestlineMessages[K]): boolean {
    const { connection } = this;
    if (!connection) return false;
    return guarded(`sending ${type}`, () => (connection.send(type, payload), true)) ?? false;
  }

  /** The player is back: sends what was kept. */
  resume(): void {
    const kept = this.#kept;
    this.#kept = [];
    for (const { type, payload } of kept) this.notify(type, payload);
  }
}
