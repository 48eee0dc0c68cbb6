import type { AuthContext, Client } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { isOwnAccount } from "./colyseus-jwt.ts";
import { guestAuth, mergeAuth } from "./merge-auth.ts";
import { credentialMissing, isNoProof } from "./refuse-join.ts";
import { markOwnAccount, type ResolveUserId } from "./resolve-user-id.ts";
import { takeCredential } from "./take-credential.ts";
import { verifyPlayer } from "./verify-player.ts";

/** Who may play in a room that has no `static onAuth = questlineAuth(...)`. */
export type AuthMode = "required" | "guests";

/** Who a connection turned out to be: puts that into what the game says of the account. */
export type IntoAuth = (account: object) => object;

/**
 * Verifies players as they connect to one room: the stage after matchmaking, where there are no HTTP headers. So the
 * credential comes in the join options, which have crossed Redis by then, or as Colyseus's bearer.
 *
 * A player who is known by `client.auth` already, from a static hook, a Colyseus token that names a Meta player or a
 * `QueueRoom`, is let in; the `id` of a game's own login is not Meta's.
 * Anybody else is refused, or let in as a guest: whoever brings nothing, or a bearer that is the game's own.
 */
export class Admission<E extends Events, A extends Achievements, L extends Leaderboards> {
  readonly #questline: Questline<E, A, L>;
  readonly #mode: AuthMode;
  readonly #resolveUserId: ResolveUserId;

  constructor(questline: Questline<E, A, L>, mode: AuthMode, resolveUserId: ResolveUserId) {
    if (mode !== "required" && mode !== "guests") throw new TypeError('auth must be "required" or "guests".');
    this.#questline = questline;
    this.#mode = mode;
    this.#resolveUserId = resolveUserId;
  }

  /** Undefined for a player who is known already. Rejects with a `ServerError` as `verifyPlayer`. */
  readonly authenticate = async (
    client: Client,
    options: unknown,
    context: AuthContext | undefined,
  ): Promise<IntoAuth | undefined> => {
    const { auth }: { readonly auth?: unknown } = client;
    if (isOwnAccount(auth, context?.token)) markOwnAccount(auth);
    if (this.#isKnown(client)) {
      // Nobody needs the credential, but it may be there.
      takeCredential(options, { kind: "none" });
      return undefined;
    }
    try {
      const player = await verifyPlayer(this.#questline, context?.token, options);
      return (account) => mergeAuth(player, account);
    } catch (error) {
      if (this.#mode === "guests" && isNoProof(error)) return guestAuth;
      throw error;
    }
  };

  /** Throws 401 for a player who is not verified and may not be a guest: also where the framework asked nobody. */
  readonly admit = (client: Client): void => {
    if (this.#mode === "required" && !this.#isKnown(client)) throw credentialMissing();
  };

  #isKnown(client: Client): boolean {
    return this.#resolveUserId(client) !== undefined;
  }
}
