import type { Room } from "@colyseus/core";

/**
 * Wraps a method of one room instance for good: what is assigned to it later, as in `onCreate`, is wrapped, too. A room
 * that calls what it replaced runs `wrap`'s part twice, so that has to bear it.
 */
export function wrapMember<K extends keyof Room>(room: Room, name: K, wrap: (theirs: Room[K]) => Room[K]): void {
  // Somebody who wrapped it the same way hears of what is assigned first.
  const before = Object.getOwnPropertyDescriptor(room, name);
  let wrapped = wrap(room[name]);
  Object.defineProperty(room, name, {
    configurable: true,
    enumerable: true,
    get: () => wrapped,
    set(theirs: Room[K]) {
      if (theirs === wrapped) return;
      before?.set?.call(room, theirs);
      wrapped = wrap(before?.get ? (before.get.call(room) as Room[K]) : theirs);
    },
  });
}
