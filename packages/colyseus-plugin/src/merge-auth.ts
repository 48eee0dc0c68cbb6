import type { Guest, Player } from "./player.ts";
import { withoutVoucher } from "./verified-players.ts";

const GUEST: Guest = { guest: true };

/** `client.auth` of a player: the game's own object with the player in it. */
export function mergeAuth(player: Player, added: object): object {
  const game = withoutOurs(added);
  const hasOwnId = game["id"] !== undefined && game["id"] !== null;
  return hasOwnId ? { ...game, questline: { ...player } } : { ...game, ...player };
}

/** `client.auth` of a guest: the game's own object, marked so that an `id` in it is not taken for a Meta user's. */
export function guestAuth(added: object): object {
  return { ...withoutOurs(added), questline: { ...GUEST } };
}

/** A `sessionId` Colyseus would take as the session's, and who plays is not the game's to say. */
function withoutOurs(added: object): Record<string, unknown> {
  const { sessionId: _sessionId, questline: _questline, ...game } = withoutVoucher(added);
  return game;
}
