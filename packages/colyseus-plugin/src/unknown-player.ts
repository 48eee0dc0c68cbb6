/** Types do not keep a game from looking up somebody who is gone. */
export function isPlayer(player: unknown): boolean {
  return typeof player === "string" || (typeof player === "object" && player !== null);
}

/** Why nothing can be reported for this player, as the receipt says it. */
export function whyUnknown(player: unknown, isInRoom: boolean): string {
  if (!isPlayer(player)) return "there is no such player: give a connection or a session id";
  if (!isInRoom) return "the plugin is not in a room: put it into definePlugins([...])";
  if (typeof player === "string") return "no verified player has this session id in this room";
  return (
    "this connection has no verified player: set `static onAuth = questlineAuth(questline)`; where the game knows by itself " +
    "who is who, return playerAuth(questline, { id }) from its own hook, or give resolveUserId. What client.auth says is not " +
    "believed by itself"
  );
}
