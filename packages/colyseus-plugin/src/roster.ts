import type { Client, Room } from "@colyseus/core";
import { connectionOf } from "./connection-of.ts";
import { warn } from "./log.ts";
import type { ResolveUserId } from "./resolve-user-id.ts";
import { asPast, type PastPlayer } from "./returning.ts";
import type { Seat } from "./seat.ts";

/** A player of the running round, as `endMatch` shows it. */
export interface RoundPlayer {
  readonly sessionId: string;
  /** App-scoped Meta user id; empty for a guest. */
  readonly userId: string;
  /** Somebody who has not proven who they are, in a room that allows guests. */
  readonly guest?: true;
  /** The connection, while there is one. */
  readonly client?: Client;
  /** False for a player who dropped out or left. */
  readonly connected: boolean;
  /** `client.auth`, also of a player who left. */
  readonly auth: unknown;
  /** What the option `leaving` answered as this player dropped out or left; undefined for somebody who is here. */
  readonly atLeave?: unknown;
}

/** Users who left during one round and are still reported at its end; beyond, the earliest are forgotten. */
export const MOST_LEFT = 10_000;

interface Session {
  /** The session id, or something no client can name once the id is another player's. */
  key: string;
  readonly seat: Seat;
  /** The last connection; undefined once the player left for good. */
  client: Client | undefined;
  auth: unknown;
  userId: string | undefined;
  inRound: boolean;
  /** The listener knows whose it is. */
  told: boolean;
  /** In the order of connections: the newest has the highest. */
  arrived: number;
  atLeave: unknown;
}

export interface RosterListener {
  /** A session is this user's. */
  known(userId: string, seat: Seat): void;
  /** The session has a new connection. */
  returned(userId: string | undefined, seat: Seat): void;
  /** The session is over. */
  gone(userId: string, seat: Seat): void;
  /** The session of a player nobody verified is over. */
  guestGone(seat: Seat): void;
}

/**
 * Who is and was in the room during the running round, by session.
 *
 * A session is *connected* or *away* (its seat may be held for a reconnection), then *left*. Everyone who was connected
 * during the round stays in it, whatever happens later. Hooks feed it, and every reading takes in `room.clients` too,
 * so a room whose hooks never reach the plugin still reports for everyone who is present.
 */
export class Roster {
  readonly #room: Room;
  readonly #makeSeat: (sessionId: string) => Seat;
  readonly #resolveUserId: ResolveUserId;
  readonly #listener: RosterListener;
  readonly #sessions = new Map<string, Session>();
  /** The key of the one session kept of each user who left, by user; the earliest first. */
  readonly #left = new Map<string, string>();
  /** Players of before a devMode restart, by session: in the round also where they do not come back. */
  readonly #past = new Map<string, PastPlayer>();
  #closed = false;
  #parted = 0;
  #arrivals = 0;

  constructor(
    room: Room,
    makeSeat: (sessionId: string) => Seat,
    resolveUserId: ResolveUserId,
    listener: RosterListener,
  ) {
    this.#room = room;
    this.#makeSeat = makeSeat;
    this.#resolveUserId = resolveUserId;
    this.#listener = listener;
  }

  /** This connection joins: in a session that is known only if it is the same verified player's. */
  join(client: Client): void {
    const known = this.#sessions.get(client.sessionId);
    if (known && known.client !== client) {
      const userId = this.#resolveUserId(client);
      if (userId === undefined || userId !== this.#identify(known)) this.#part(known);
    }
    this.comeBack(client);
  }

  /** This connection is in the room now. Repeating it changes nothing. */
  enter(client: Client): void {
    const known = this.#sessions.get(client.sessionId);
    // Everybody passes here at every reading, and mostly nothing has changed.
    if (known?.client === client && known.inRound && known.told) return;
    if (known && known.client !== client && this.#identify(known) !== undefined) {
      const userId = this.#resolveUserId(client);
      // Who comes back is told by a hook, or has its identity by the next reading.
      if (userId === undefined) return;
      if (userId !== known.userId) this.#part(known);
    }
    this.comeBack(client);
  }

  /** This connection is in the room now, and the session's if there is one: the room has seen its reconnection token. */
  comeBack(client: Client): void {
    const known = this.#sessions.get(client.sessionId);
    const session = known ?? this.#add(client);
    const isNew = known !== undefined && known.client !== client;
    if (isNew) Object.assign(session, { arrived: ++this.#arrivals, atLeave: undefined });
    session.client = client;
    session.inRound = true;
    const userId = this.#identify(session);
    if (isNew) this.#listener.returned(userId, session.seat);
  }

  /** The room refused this join: the session never was. */
  forget(client: Client): void {
    const session = this.#sessions.get(client.sessionId);
    if (session?.client !== client) return;
    this.#sessions.delete(client.sessionId);
    this.#close(session);
  }

  /** The session is over. A session that is not known was refused, or over before. */
  leave(client: Client): void {
    const session = this.#sessions.get(client.sessionId);
    if (session?.client !== client) return;
    this.#end(session);
  }

  /** The verified user of a connection or session id, or undefined. */
  userIdOf(clientOrSessionId: Client | string): string | undefined {
    const isId = typeof clientOrSessionId === "string";
    const sessionId = isId ? clientOrSessionId : clientOrSessionId.sessionId;
    const present = connectionOf(this.#room, sessionId);
    if (present) this.enter(present);
    const session = this.#sessions.get(sessionId);
    if (session && (isId || !this.#isAnothers(session, clientOrSessionId))) return this.#identify(session);
    return isId ? this.#past.get(sessionId)?.userId : this.#resolveUserId(clientOrSessionId);
  }

  /** Every user of the round once, shown through the newest seat they hold now, or else held last. */
  players(): readonly RoundPlayer[] {
    this.#takeInPresent();
    const newest = new Map<string, Session>();
    for (const session of this.#sessions.values()) {
      const userId = session.inRound ? this.#identify(session) : undefined;
      if (userId === undefined) continue;
      const other = newest.get(userId);
      if (!other || isBetter(session, other)) newest.set(userId, session);
    }
    const players = new Map([...newest].map(([userId, session]) => [userId, shown(session, userId)]));
    for (const { sessionId, userId, inRound, auth } of this.#past.values())
      if (inRound && !players.has(userId)) players.set(userId, { sessionId, userId, connected: false, auth });
    return [...players.values()];
  }

  /** The verified player of a connection that is on its way out, or has just gone. */
  leaver(client: Client): RoundPlayer | undefined {
    const session = this.#sessions.get(client.sessionId);
    const userId = session?.client === client ? this.#identify(session) : undefined;
    return session && userId !== undefined ? { ...shown(session, userId), client } : undefined;
  }

  /** What the game knows of somebody who leaves; what it knew before stays, where it knows nothing any more. */
  keepAtLeave(client: Client, known: unknown): void {
    const session = this.#sessions.get(client.sessionId);
    if (session?.client === client && known !== undefined) session.atLeave = known;
  }

  /** The user has a seat here with a connection. */
  isHere(userId: string): boolean {
    const sessions = [...this.#sessions.values()];
    return sessions.some((session) => session.userId === userId && session.client && session.seat.connection);
  }

  /** Nothing more is to be reported for a user who left. */
  release(userId: string): void {
    const key = this.#left.get(userId);
    this.#left.delete(userId);
    if (key !== undefined) this.#sessions.delete(key);
  }

  /** The seat of a session of this room whose player is not verified. */
  guestSeat(clientOrSessionId: Client | string): Seat | undefined {
    const isId = typeof clientOrSessionId === "string";
    const session = this.#sessions.get(isId ? clientOrSessionId : clientOrSessionId.sessionId);
    if (!session || (!isId && this.#isAnothers(session, clientOrSessionId))) return undefined;
    return this.#identify(session) === undefined ? session.seat : undefined;
  }

  /** Connections of the round whose player is not verified. */
  guests(): readonly RoundPlayer[] {
    return [...this.#sessions.values()]
      .filter((session) => session.inRound && session.client && this.#identify(session) === undefined)
      .map((session) => ({ ...shown(session, ""), guest: true }));
  }

  /** Connections in the room whose player is not verified. */
  unverified(): number {
    return [...this.#sessions.values()].filter((session) => session.client && this.#identify(session) === undefined)
      .length;
  }

  /**
   * A round begins with those connected now, and with `leaving`, whose connection is just going; who left is forgotten, who
   * is away may come back into it.
   */
  begin(leaving?: Client): void {
    this.#left.clear();
    for (const [sessionId, session] of this.#sessions) {
      if (!session.client) this.#sessions.delete(sessionId);
      session.inRound = false;
    }
    for (const [sessionId, player] of this.#past) this.#past.set(sessionId, { ...player, inRound: false });
    this.#takeInPresent();
    const session = leaving && this.#sessions.get(leaving.sessionId);
    if (session && session.client === leaving) session.inRound = true;
  }

  /** Who must not be forgotten over a devMode restart. */
  toPast(): readonly PastPlayer[] {
    this.#takeInPresent();
    const past = new Map(this.#past);
    for (const session of this.#sessions.values()) {
      const userId = this.#identify(session);
      if (userId === undefined || !(session.inRound || session.client)) continue;
      const { sessionId, connection } = session.seat;
      const auth: unknown = session.client ? session.client.auth : session.auth;
      past.set(sessionId, asPast({ sessionId, userId, inRound: session.inRound, auth, connection }));
    }
    return [...past.values()];
  }

  /** Who was not forgotten. */
  recall(players: readonly PastPlayer[]): void {
    for (const player of players) this.#past.set(player.sessionId, player);
  }

  /** The room is gone. Reports of its players still find them, but nobody listens for them any more. */
  close(): void {
    this.#closed = true;
    for (const session of this.#sessions.values()) this.#close(session);
  }

  #takeInPresent(): void {
    for (const client of this.#room.clients ?? []) this.enter(client);
  }

  #add(client: Client): Session {
    const seat = this.#makeSeat(client.sessionId);
    const key = client.sessionId;
    const session: Session = {
      ...{ key, seat, client, auth: undefined, userId: undefined, inRound: false, told: false },
      ...{ arrived: ++this.#arrivals, atLeave: undefined },
    };
    this.#sessions.set(key, session);
    return session;
  }

  /** A connection that is not the session's, and whose player is not the session's either. */
  #isAnothers(session: Session, client: Client): boolean {
    return session.client !== undefined && session.client !== client && this.#resolveUserId(client) !== session.userId;
  }

  /** Another player has come under this session's id: what the session was goes on as that of somebody who left. */
  #part(session: Session): void {
    const { key, userId } = session;
    this.#sessions.delete(key);
    session.key = `${key} ${this.#parted++}`;
    this.#sessions.set(session.key, session);
    if (session.client) this.#end(session);
    else if (userId !== undefined && this.#left.get(userId) === key) this.#left.set(userId, session.key);
  }

  #end(session: Session): void {
    this.#identify(session);
    session.auth = session.client?.auth;
    session.client = undefined;
    this.#close(session);
    this.#keepLeft(session);
  }

  /** A user id is settled once it is found; a game's resolver may need something its own onJoin sets. */
  #identify(session: Session): string | undefined {
    if (!session.client || session.told) return session.userId;
    session.userId ??= this.#resolveUserId(session.client);
    if (session.userId !== undefined && !this.#closed) {
      session.told = true;
      this.#listener.known(session.userId, session.seat);
    }
    return session.userId;
  }

  #close(session: Session): void {
    const { userId, seat } = session;
    session.told = false;
    if (userId !== undefined) this.#listener.gone(userId, seat);
    else this.#listener.guestGone(seat);
  }

  /** A user who comes and goes all round is kept once, an unverified one not at all. */
  #keepLeft(session: Session): void {
    const { userId, key } = session;
    const before = userId === undefined ? undefined : this.#left.get(userId);
    if (userId === undefined || (before !== undefined && !session.inRound)) {
      this.#sessions.delete(key);
      return;
    }
    if (before !== undefined) this.#sessions.delete(before);
    this.#left.delete(userId);
    this.#left.set(userId, key);
    if (this.#left.size > MOST_LEFT) this.#forgetEarliest();
  }

  #forgetEarliest(): void {
    for (const [userId, key] of this.#left) {
      this.#left.delete(userId);
      this.#sessions.delete(key);
      warn("a player who left is forgotten before the end of a very long round", { userId, most: MOST_LEFT });
      return;
    }
  }
}

/** Somebody's seat with a connection before one without, and the newer before the older: that may be a dead one. */
function isBetter(session: Session, other: Session): boolean {
  const [isHere, isOtherHere] = [session, other].map(({ client, seat }) => client && seat.connection !== undefined);
  return isHere === isOtherHere ? session.arrived > other.arrived : isHere === true;
}

function shown({ seat, client, auth, atLeave }: Session, userId: string): RoundPlayer {
  const { sessionId } = seat;
  const connection = client && seat.connection;
  if (connection) return { sessionId, userId, client: connection, connected: true, auth: connection.auth };
  const known = atLeave === undefined ? undefined : { atLeave };
  return { sessionId, userId, connected: false, auth: client ? client.auth : auth, ...known };
}
