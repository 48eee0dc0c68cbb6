import { createHash } from "node:crypto";
import type { Client, Room } from "@colyseus/core";
import { z } from "zod";

/** A player a room had before a devMode restart. Holds nothing that proves who the player is. */
export interface PastPlayer {
  readonly sessionId: string;
  readonly userId: string;
  readonly inRound: boolean;
  /** What `client.auth` said of the player's identity, and nothing else of it. */
  readonly auth: object;
  /** Digest of the session's reconnection token, which Colyseus lets the SDK bring again. */
  readonly key?: string | undefined;
}

export const pastPlayerSchema: z.ZodType<PastPlayer> = z.object({
  sessionId: z.string(),
  userId: z.string(),
  inRound: z.boolean(),
  auth: z.record(z.string(), z.unknown()),
  key: z.string().optional(),
});

/** A player as it is now, for the next life of the room. */
export function asPast(player: {
  readonly sessionId: string;
  readonly userId: string;
  readonly inRound: boolean;
  readonly auth: unknown;
  /** While there is one. */
  readonly connection: Client | undefined;
}): PastPlayer {
  const { sessionId, userId, inRound, auth, connection } = player;
  const key = connection && digestOf(connection.reconnectionToken);
  return { sessionId, userId, inRound, auth: identityIn(auth, userId), key };
}

/**
 * Knows sessions of before a devMode restart again.
 *
 * @NOTE Colyseus restores each session's seat with an empty `client.auth`, open to whoever names the session id, which
 * other players may know (seen with @colyseus/core 0.18.17). So a session is its player's again only for a connection
 * that brings the reconnection token the player was given. `hasReservedSeat` is where a room sees that token; no
 * `await` stands between its yes and the hooks of that connection, so the last yes is about the connection that joins.
 */
export class Returning {
  readonly #room: Room;
  readonly #past = new Map<string, PastPlayer>();
  readonly #proven = new Set<string>();
  readonly #users = new WeakMap<Client, string>();

  constructor(room: Room) {
    this.#room = room;
  }

  expect(players: readonly PastPlayer[]): void {
    for (const player of players) this.#past.set(player.sessionId, player);
    const room = this.#room;
    const { hasReservedSeat } = room;
    room.hasReservedSeat = (sessionId, reconnectionToken) => {
      const hasSeat = hasReservedSeat.call(room, sessionId, reconnectionToken);
      if (hasSeat) this.#prove(sessionId, reconnectionToken);
      return hasSeat;
    };
  }

  /** A connection arrives at its seat: if it proved to be a past player, `client.auth` says so. */
  arriving(client: Client): void {
    if (!this.#proven.delete(client.sessionId)) return;
    const player = this.#past.get(client.sessionId);
    if (!player) return;
    this.#users.set(client, player.userId);
    const { auth }: { readonly auth?: unknown } = client;
    // The object stays the same: Colyseus hands it to the hooks as well.
    client.auth = Object.assign(typeof auth === "object" && auth !== null ? auth : {}, player.auth);
  }

  /** The past player of a connection that proved to be one. */
  userIdOf(client: Client): string | undefined {
    return this.#users.get(client);
  }

  #prove(sessionId: string, reconnectionToken: string | undefined): void {
    const key = this.#past.get(sessionId)?.key;
    if (key !== undefined && key === digestOf(reconnectionToken)) this.#proven.add(sessionId);
    else this.#proven.delete(sessionId);
  }
}

/** The part of `client.auth` that names the user; the game's own part is its own to restore. */
function identityIn(auth: unknown, userId: string): object {
  const { questline, id, userId: own } = Object(auth) as Readonly<Record<string, unknown>>;
  if ((Object(questline) as { readonly id?: unknown }).id === userId) return { questline: { id: userId } };
  if (id === userId) return { id: userId };
  return own === userId ? { userId } : {};
}

function digestOf(reconnectionToken: unknown): string | undefined {
  if (typeof reconnectionToken !== "string" || reconnectionToken === "") return undefined;
  return createHash("sha256").update(reconnectionToken).digest("hex");
}
