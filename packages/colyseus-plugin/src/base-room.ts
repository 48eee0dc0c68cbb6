import { Room } from "@colyseus/core";

/** Colyseus's own class at the root of a room's class, which may be that of another copy of `@colyseus/core` than ours. */
export function baseRoomOf(roomClass: object): typeof Room {
  const parent: unknown = Reflect.getPrototypeOf(roomClass);
  if (typeof parent === "function" && parent !== Function.prototype) return baseRoomOf(parent);
  return Reflect.get(roomClass, "name") === Room.name ? (roomClass as typeof Room) : Room;
}
