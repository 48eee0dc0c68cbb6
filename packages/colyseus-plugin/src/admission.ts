import { ServerError, type AuthContext, type Client } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { GuestBook, type GuestCounts, type KeptReport } from "./guest-book.ts";
import { isOwnAccount } from "./colyseus-jwt.ts";
import { guarded, warn, wordsOf } from "./log.ts";
import { mergeAuth } from "./merge-auth.ts";
import { TOKEN } from "./messages.ts";
import { credentialMissing, isNoProof, isRefusal } from "./refuse-join.ts";
import { markOwnAccount, type ResolveUserId } from "./resolve-user-id.ts";
import type { Seat } from "./seat.ts";
import { takeCredential } from "./take-credential.ts";
import { verifyPlayer } from "./verify-player.ts";

/** Who may play in a room that has no `static onAuth = questlineAuth(...)`. */
export type AuthMode = "required" | "guests";

/** Tokens one guest may try. */
export const MOST_CLAIMS = 5;

/**
 * Verifies players as they connect to one room: the stage after matchmaking, where there are no HTTP headers. So the
 * credential comes in the join options, which have crossed Redis by then, or as Colyseus's bearer.
 *
 * A player who is known by `client.auth` already, from a static hook, a Colyseus token that names a Meta player or a
 * `QueueRoom`, is let in; the `id` of a game's own login is not Meta's.
 * Anybody else is refused, or let in as a guest: whoever brings nothing, or a bearer that is the game's own. What a
 * guest does is kept until the same session proves who it is.
 */
export class Admission<E extends Events, A extends Achievements, L extends Leaderboards> {
  readonly #questline: Questline<E, A, L>;
  readonly #mode: AuthMode;
  readonly #resolveUserId: ResolveUserId;
  readonly #book = new GuestBook();
  /** Tokens tried, by guest's session; `Infinity` while one is being verified. */
  readonly #claims = new Map<string, number>();
  /** Guests who left while their token was being verified: it decides what becomes of their reports. */
  readonly #leftClaiming = new Set<string>();

  constructor(questline: Questline<E, A, L>, mode: AuthMode, resolveUserId: ResolveUserId) {
    if (mode !== "required" && mode !== "guests") throw new TypeError('auth must be "required" or "guests".');
    this.#questline = questline;
    this.#mode = mode;
    this.#resolveUserId = resolveUserId;
  }

  get hasGuests(): boolean {
    return this.#mode === "guests";
  }

  get guestReports(): GuestCounts {
    return this.#book.counts;
  }

  /** What to add to `client.auth`, or undefined for nothing. Rejects with a `ServerError` as `verifyPlayer`. */
  readonly authenticate = async (
    client: Client,
    options: unknown,
    context: AuthContext | undefined,
  ): Promise<object | undefined> => {
    const { auth }: { readonly auth?: unknown } = client;
    if (isOwnAccount(auth, context?.token)) markOwnAccount(auth);
    if (this.#isKnown(client)) {
      // Nobody needs the credential, but it may be there.
      takeCredential(options, { kind: "none" });
      return undefined;
    }
    try {
      return { ...(await verifyPlayer(this.#questline, context?.token, options)) };
    } catch (error) {
      if (this.hasGuests && error instanceof ServerError && isNoProof(error)) return undefined;
      throw error;
    }
  };

  /** Throws 401 for a player who is not verified and may not be a guest: also where the framework asked nobody. */
  readonly admit = (client: Client): void => {
    if (!this.hasGuests && !this.#isKnown(client)) throw credentialMissing();
  };

  /** Keeps a guest's report until `claim`. */
  keep(seat: Seat, report: KeptReport): void {
    this.#book.keep(seat.sessionId, report);
  }

  /** A guest sent a token: if it is good, `client.auth` says who it is, and what was kept is reported. Never rejects. */
  async claim(client: Client, seat: Seat, token: string): Promise<void> {
    const { sessionId } = client;
    const tried = this.#claims.get(sessionId) ?? 0;
    if (tried >= MOST_CLAIMS) return;
    this.#claims.set(sessionId, Number.POSITIVE_INFINITY);
    try {
      const player = await this.#questline.users.verifyToken(token);
      // The player may be back on another connection meanwhile; one who is away hands `auth` on to the next.
      const connection = seat.connection ?? client;
      const { auth }: { readonly auth?: unknown } = connection;
      connection.auth = mergeAuth(player, typeof auth === "object" && auth !== null ? auth : {});
      this.#claims.delete(sessionId);
      guarded("a guest's reports", () => this.#book.claim(sessionId, player.id));
    } catch (error) {
      this.#claims.set(sessionId, tried + 1);
      if (!isRefusal(error)) warn("a guest's token could not be verified", { sessionId, error: wordsOf(error) });
      seat.send(TOKEN, { reason: "refused" });
    }
    if (this.#leftClaiming.delete(sessionId)) this.gone(sessionId);
  }

  /** The session of somebody who stayed a guest is over. */
  gone(sessionId: string): void {
    if (this.#claims.get(sessionId) === Number.POSITIVE_INFINITY) return void this.#leftClaiming.add(sessionId);
    this.#claims.delete(sessionId);
    this.#book.forget(sessionId);
  }

  #isKnown(client: Client): boolean {
    return this.#resolveUserId(client) !== undefined;
  }
}
