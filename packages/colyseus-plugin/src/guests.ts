import type { Client } from "@colyseus/core";
import type { Users } from "@questline/core";
import { GuestBook, type GuestCounts, type KeptReport } from "./guest-book.ts";
import { guarded, warn, wordsOf } from "./log.ts";
import { mergeAuth } from "./merge-auth.ts";
import { TOKEN } from "./messages.ts";
import { isRefusal } from "./refuse-join.ts";
import type { Seat } from "./seat.ts";
import type { VerifiedPlayers } from "./verified-players.ts";

/** Tokens one guest may try. */
export const MOST_CLAIMS = 5;

interface Claims {
  tried: number;
  verifying: boolean;
  /** The session was over before its token was verified. */
  gone: boolean;
}

/**
 * The guests of one room. What a guest does is kept until the same session proves who it is, and dropped when the
 * session is over without a proof. A proof that was sent before counts.
 */
export class Guests {
  readonly #users: Pick<Users, "verifyToken">;
  readonly #players: Pick<VerifiedPlayers, "remember">;
  readonly #book = new GuestBook();
  /** By session. */
  readonly #claims = new Map<string, Claims>();

  constructor(users: Pick<Users, "verifyToken">, players: Pick<VerifiedPlayers, "remember">) {
    this.#users = users;
    this.#players = players;
  }

  get counts(): GuestCounts {
    return this.#book.counts;
  }

  /** Keeps a guest's report until `claim`. */
  keep(seat: Seat, report: KeptReport): void {
    this.#book.keep(seat.sessionId, report);
  }

  /** A guest sent a token: if it is good, `client.auth` says who it is, and what was kept is reported. Never rejects. */
  async claim(client: Client, seat: Seat, token: string): Promise<void> {
    const { sessionId } = client;
    const claims = this.#claims.get(sessionId) ?? { tried: 0, verifying: false, gone: false };
    if (claims.verifying || claims.tried >= MOST_CLAIMS) return;
    this.#claims.set(sessionId, claims);
    claims.verifying = true;
    try {
      const player = await this.#users.verifyToken(token);
      // The player may be back on another connection meanwhile; one who is away hands `auth` on to the next.
      const connection = seat.connection ?? client;
      const { auth }: { readonly auth?: unknown } = connection;
      connection.auth = mergeAuth(player, typeof auth === "object" && auth !== null ? auth : {});
      this.#players.remember(connection, player);
      this.#claims.delete(sessionId);
      guarded("a guest's reports", () => this.#book.claim(sessionId, player.id));
    } catch (error) {
      claims.tried++;
      claims.verifying = false;
      if (!isRefusal(error)) warn("a guest's token could not be verified", { sessionId, error: wordsOf(error) });
      seat.send(TOKEN, { reason: "refused" });
      if (claims.gone) this.gone(sessionId);
    }
  }

  /** The session of somebody who stayed a guest is over. */
  gone(sessionId: string): void {
    const claims = this.#claims.get(sessionId);
    if (claims?.verifying) {
      claims.gone = true;
      return;
    }
    this.#claims.delete(sessionId);
    this.#book.forget(sessionId);
  }
}
