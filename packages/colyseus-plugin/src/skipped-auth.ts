import { Room } from "@colyseus/core";
import { baseRoomOf } from "./base-room.ts";
import type { Hub } from "./hub.ts";
import { warn } from "./log.ts";
import { isQuestlineAuth } from "./questline-auth.ts";

/**
 * Says once per room class where one way of verifying players keeps another from ever running, and once where the rooms are
 * of another copy of Colyseus than this plugin.
 */
export function warnOfSkippedAuth({ constructor: roomClass }: Room, hub: Hub, admits: boolean): void {
  const base = baseRoomOf(roomClass);
  if (base !== Room && hub.isFirst(base)) {
    warn(
      "two copies of @colyseus/core are loaded, one for the rooms and one for this plugin: log lines go to the plugin's copy. " +
        "`npm ls @colyseus/core` shows who brings the second one",
      { room: roomClass.name },
    );
  }
  const { onAuth, prototype, name } = roomClass as typeof Room;
  const isOwn = typeof onAuth === "function" && onAuth !== base.onAuth && !isQuestlineAuth(onAuth);
  if (admits && isOwn && hub.isFirst(roomClass)) {
    const message = "`auth` never verifies anybody, since the room's static onAuth decides: call verifyPlayer there";
    warn(message, { room: name });
  }
  if (!isQuestlineAuth(onAuth) || prototype.onAuth === base.prototype.onAuth || !hub.isFirst(roomClass)) return;
  const message =
    "the room's own onAuth(client) never runs, since static onAuth decides. Take static onAuth away and give the plugin " +
    '`auth: "required"` (or "guests"), which runs before the room\'s own; or, where that needs neither the room nor the client, ' +
    "pass it as `then` to questlineAuth";
  warn(message, { room: name });
}
