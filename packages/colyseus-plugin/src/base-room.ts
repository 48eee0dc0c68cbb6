import { Room } from "@colyseus/core";

/** What Colyseus's own class is called: 0.16's ES modules say `_Room` (seen with @colyseus/core 0.16.26). */
const NAMES: readonly unknown[] = ["Room", "_Room"];

/** Colyseus's own class at the root of a room's class, which may be that of another copy of `@colyseus/core` than ours. */
export function baseRoomOf(roomClass: object): typeof Room {
  const parent: unknown = Reflect.getPrototypeOf(roomClass);
  if (typeof parent === "function" && parent !== Function.prototype) return baseRoomOf(parent);
  return NAMES.includes(Reflect.get(roomClass, "name")) ? (roomClass as typeof Room) : Room;
}

/** Of any copy of Colyseus. Cores before 0.18 have no such room. */
export function isQueueRoom({ constructor }: Room): boolean {
  for (let made: unknown = constructor; typeof made === "function"; made = Reflect.getPrototypeOf(made))
    if (made.name === "QueueRoom") return true;
  return false;
}
