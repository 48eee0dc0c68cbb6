import type { Client } from "@colyseus/core";
import type { Users } from "@questline/core";
import { GuestBook, type GuestCounts, type KeptReport } from "./guest-book.ts";
import type { Hub } from "./hub.ts";
import { guarded, wordsOf } from "./log.ts";
import { mergeAuth } from "./merge-auth.ts";
import { TOKEN } from "./messages.ts";
import { isRefusal } from "./refuse-join.ts";
import type { Seat } from "./seat.ts";
import type { VerifiedPlayers } from "./verified-players.ts";

/** Tokens one guest may try. */
export const MOST_CLAIMS = 5;

/** Between a token that nobody could verify now and the next look at one. */
const LOOK_AGAIN_MS = 5_000;

interface Claims {
  tried: number;
  /** No token is looked at before; monotonic ms. */
  deafUntil: number;
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
  readonly #hub: Pick<Hub, "seldom" | "clock">;
  /** By seat: a session id may be somebody else's later. */
  readonly #claims = new WeakMap<Seat, Claims>();

  constructor(users: Pick<Users, "verifyToken">, hub: Pick<Hub, "players" | "seldom" | "clock">) {
    this.#users = users;
    this.#players = hub.players;
    this.#hub = hub;
  }

  get counts(): GuestCounts {
    return this.#book.counts;
  }

  /** Keeps a guest's report until `claim`. */
  keep(seat: Seat, report: KeptReport): void {
    this.#book.keep(seat, report);
  }

  /** A guest sent a token: if it is good, `client.auth` says who it is, and what was kept is reported. Never rejects. */
  async claim(client: Client, seat: Seat, token: string): Promise<void> {
    const claims = this.#claims.get(seat) ?? { tried: 0, deafUntil: 0, verifying: false, gone: false };
    if (claims.verifying || claims.tried >= MOST_CLAIMS || this.#hub.clock.monotonic() < claims.deafUntil) return;
    this.#claims.set(seat, claims);
    claims.verifying = true;
    try {
      const player = await this.#users.verifyToken(token, { from: `guest ${seat.sessionId}` });
      // The player may be back on another connection meanwhile; whoever comes after the session is over is another one.
      const connection = claims.gone ? client : (seat.connection ?? client);
      const { auth }: { readonly auth?: unknown } = connection;
      connection.auth = mergeAuth(player, typeof auth === "object" && auth !== null ? auth : {});
      this.#players.remember(connection, player);
      this.#claims.delete(seat);
      guarded("a guest's reports", () => this.#book.claim(seat, player.id));
    } catch (error) {
      claims.verifying = false;
      if (isRefusal(error)) this.#refuse(seat, claims);
      else this.#lookAgain(seat, claims, error);
      if (claims.gone) this.gone(seat);
    }
  }

  /** The session of somebody who stayed a guest is over. */
  gone(seat: Seat): void {
    const claims = this.#claims.get(seat);
    if (claims?.verifying) {
      claims.gone = true;
      return;
    }
    this.#claims.delete(seat);
    this.#book.forget(seat);
  }

  #refuse(seat: Seat, claims: Claims): void {
    claims.tried++;
    seat.send(TOKEN, { reason: "refused" });
  }

  /** Nobody could say now, which is no fault of the guest's: another token is asked for soon. */
  #lookAgain(seat: Seat, claims: Claims, error: unknown): void {
    const { seldom, clock } = this.#hub;
    seldom.warn("a guest's token could not be verified", { sessionId: seat.sessionId, error: wordsOf(error) });
    claims.deafUntil = clock.monotonic() + LOOK_AGAIN_MS;
    clock.after(LOOK_AGAIN_MS, () => {
      if (this.#claims.get(seat) === claims && !claims.gone) seat.send(TOKEN, { reason: "missing" });
    });
  }
}
