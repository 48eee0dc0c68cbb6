import type { AuthContext, Client } from "@colyseus/core";
import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { hubOf } from "./hub.ts";
import { guestAuth, mergeAuth } from "./merge-auth.ts";
import { credentialMissing, isNoProof } from "./refuse-join.ts";
import type { ResolveUserId } from "./resolve-user-id.ts";
import { takeCredential } from "./take-credential.ts";
import { verifyPlayer } from "./verify-player.ts";

/** Who may play in a room that has no `static onAuth = questlineAuth(...)`. */
export type AuthMode = "required" | "guests";

/** Who a connection turned out to be: puts that into what the game says of the account. */
export type IntoAuth = (account: object) => object;

/**
 * Verifies players as they connect to one room: the stage after matchmaking. The credential comes in the header, which
 * native clients send with the WebSocket, too, and browsers cannot; in the join options, which have crossed Redis by then;
 * or as Colyseus's bearer.
 *
 * A player who is known already, by `questlineAuth`'s word from a static hook or a `QueueRoom`, by a Colyseus token of ours,
 * or by the game's `resolveUserId`, is let in.
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
    if (this.#isKnown(client)) {
      // Nobody needs the credential, but it may be there.
      takeCredential(options, { kind: "none" });
      return undefined;
    }
    try {
      const player = await verifyPlayer(this.#questline, context?.token, options, context);
      return (account) => {
        client.auth = mergeAuth(player, account);
        hubOf(this.#questline).players.remember(client, player);
        return client.auth as object;
      };
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
