import type { Achievements, Events, Leaderboards, Questline } from "@questline/core";
import { mergeAuth } from "./merge-auth.ts";
import type { Player } from "./player.ts";
import type { PlayerAuth } from "./questline-auth.ts";
import { vouchedAuth } from "./verified-players.ts";

/**
 * What `client.auth` has to be for the plugin to take a connection for this Meta user, on the server's own word: for a
 * `static onAuth` of the game's own that asked `verifyPlayer`, and for `matchMaker.reserveSeatFor(room, options, auth)`.
 * Merged with `added` as `questlineAuth` does. Never make it of what a client says. Throws `bad_input` for a wrong user id.
 */
export async function playerAuth<
  E extends Events,
  A extends Achievements,
  L extends Leaderboards,
  T extends object = Readonly<Record<never, never>>,
>(questline: Questline<E, A, L>, { id, alias }: Player, added: T = {} as T): Promise<PlayerAuth<T>> {
  const player = alias === undefined ? { id } : { id, alias };
  return (await vouchedAuth(questline.users, player, mergeAuth(player, added))) as PlayerAuth<T>;
}
