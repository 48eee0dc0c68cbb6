import { Room } from "@colyseus/core";
import type { Hub } from "./hub.ts";
import { warn } from "./log.ts";
import { isQuestlineAuth } from "./questline-auth.ts";

/** Says once per room class where one way of verifying players keeps another from ever running. */
export function warnOfSkippedAuth({ constructor: roomClass }: Room, hub: Hub, admits: boolean): void {
  const { onAuth, prototype, name } = roomClass as typeof Room;
  const isOwn = typeof onAuth === "function" && onAuth !== Room.onAuth && !isQuestlineAuth(onAuth);
  if (admits && isOwn && hub.isFirst(roomClass)) {
    const message = "`auth` never verifies anybody, since the room's static onAuth decides: call verifyPlayer there";
    warn(message, { room: name });
  }
  if (!isQuestlineAuth(onAuth) || prototype.onAuth === Room.prototype.onAuth || !hub.isFirst(roomClass)) return;
  const message =
    "the room's own onAuth(client) never runs, since static onAuth decides: pass it as `then` to questlineAuth";
  warn(message, { room: name });
}
