import type { Player } from "./player.ts";

/** `client.auth` of a player: the game's own object with the player in it. A `sessionId` Colyseus would take as the session's. */
export function mergeAuth(player: Player, added: object): object {
  const { sessionId: _sessionId, questline: _questline, ...game } = added as Record<string, unknown>;
  const hasOwnId = game["id"] !== undefined && game["id"] !== null;
  return hasOwnId ? { ...game, questline: { ...player } } : { ...game, ...player };
}
