import { ServerError, type Client, type Room } from "@colyseus/core";
import type { Achievements, Events, Leaderboards } from "@questline/core";
import type { Admission } from "./admission.ts";
import { baseRoomOf, isQueueRoom } from "./base-room.ts";
import { cleanHistory, cleanListing } from "./creator-options.ts";
import type { Hub } from "./hub.ts";
import { guarded } from "./log.ts";
import { presenceOf } from "./relay.ts";
import type { Returning } from "./returning.ts";
import { warnOfSkippedAuth } from "./skipped-auth.ts";
import { dropCredential, veilCredential } from "./take-credential.ts";
import type { RoomWatcher } from "./watch-room.ts";

/** As the matchmaker asks a room for a seat. */
type Reserve = (
  sessionId: string,
  options?: unknown,
  auth?: unknown,
  seconds?: number,
  isReconnection?: boolean,
  ...more: readonly unknown[]
) => Promise<boolean>;

export interface SeatGateParts {
  readonly room: Room;
  readonly hub: Hub;
  /** Where the room verifies players itself. */
  readonly admission: Pick<Admission<Events, Achievements, Leaderboards>, "authenticate" | "admit"> | undefined;
  readonly returning: Pick<Returning, "arriving">;
  /** The game says by itself who is who, by whatever it has in `auth`. */
  readonly gameVouches: boolean;
}

/**
 * Who gets to a seat of one room, and what a connection's `auth` may say on its way there.
 *
 * @NOTE Colyseus takes a `sessionId` in it as the session's (seen with @colyseus/core 0.17.51 and 0.18.17), and its default
 * hook copies the payload of any token that is signed with the game's secret, which is what clients wrote. Somebody who
 * names another's session would take over that seat.
 */
export class SeatGate {
  readonly #parts: SeatGateParts;
  readonly #met = new WeakSet<Client>();

  constructor(parts: SeatGateParts) {
    this.#parts = parts;
    guarded("metadata", () => cleanListing(parts.room));
    this.#watchSeats();
  }

  /** What a room's hooks have to ask of it. */
  get hooks(): Pick<RoomWatcher, "created" | "authenticate" | "admit" | "arriving"> {
    const { room, hub, admission } = this.#parts;
    return {
      created: (createOptions) => {
        dropCredential(createOptions);
        guarded("the rooms' history", () => cleanHistory(room));
        guarded("meeting other processes", () => hub.mail.hosts(presenceOf(room)));
        warnOfSkippedAuth(room, hub, admission !== undefined);
      },
      ...(admission && { authenticate: admission.authenticate }),
      arriving: (client, options) => {
        guarded("join options", () => veilCredential(options));
        return this.#arriving(client);
      },
      admit: (client) => {
        this.#refuseClaims(client);
        admission?.admit(client);
      },
    };
  }

  /** Learns who it is where we vouched for it, and takes out what only we may say. Before anybody else reads it. */
  #arriving(client: Client): Promise<void> | undefined {
    const { room, hub, returning, gameVouches } = this.#parts;
    if (this.#met.has(client)) return undefined;
    this.#met.add(client);
    // Its players' `auth` goes on to another room as JSON.
    const met = hub.players.meet(client, { travels: isQueueRoom(room), keeps: gameVouches });
    returning.arriving(client);
    return met;
  }

  /** Throws 403 where a session id was claimed and the seat could not be refused. */
  #refuseClaims({ auth }: { readonly auth?: unknown }): void {
    if (this.#isAnybodys() && claimedSession(auth) !== undefined)
      throw new ServerError(403, "A token must not name a session.");
  }

  #watchSeats(): void {
    const room = this.#parts.room as unknown as { _reserveSeat?: Reserve };
    const reserve = room._reserveSeat;
    if (typeof reserve !== "function") return;
    room._reserveSeat = async (sessionId, options, auth, seconds, isReconnection, ...more) => {
      if (isReconnection !== true && this.#isRefused(String(sessionId), auth)) return false;
      return reserve.call(room, sessionId, options, auth, seconds, isReconnection, ...more);
    };
  }

  /** A game's own hook may name sessions, but not one that is somebody's. */
  #isRefused(sessionId: string, auth: unknown): boolean {
    const claimed = claimedSession(auth);
    const isClaim = claimed !== undefined && (this.#isAnybodys() || typeof claimed !== "string");
    if (!isClaim && !this.#isTaken(sessionId)) return false;
    this.#parts.hub.seldom.warn("a seat is refused: its session id was named by a token, or is another player's");
    return true;
  }

  /**
   * Somebody has this session. A seat nobody has taken yet is lost with the second one for it: both were told of it, as by
   * a queue in which one of them named the other's session, and nobody can say whose it is.
   */
  #isTaken(sessionId: string): boolean {
    const { room } = this.#parts;
    // Without the underscore in 0.16.
    const reserved: unknown = Reflect.get(room, "_reservedSeats") ?? Reflect.get(room, "reservedSeats");
    const seats = reserved as Record<string, readonly unknown[]> | undefined;
    const seat = seats && Object.hasOwn(seats, sessionId) ? seats[sessionId] : undefined;
    const [, , isConsumed, isHeld] = seat ?? [];
    if (seats && seat && isConsumed !== true && isHeld !== true) Reflect.deleteProperty(seats, sessionId);
    return seat !== undefined || room.clients.some((client) => String(client.sessionId) === sessionId);
  }

  /** What is in `auth` was signed, not said, by the game. */
  #isAnybodys(): boolean {
    const { constructor: roomClass } = this.#parts.room;
    return Reflect.get(roomClass, "onAuth") === baseRoomOf(roomClass).onAuth;
  }
}

const claimedSession = (auth: unknown): unknown =>
  typeof auth === "object" && auth !== null && "sessionId" in auth ? auth.sessionId : undefined;
