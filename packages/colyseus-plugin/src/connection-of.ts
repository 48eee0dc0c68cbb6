import type { Client, Room } from "@colyseus/core";

/** The room's connection of this session, if there is one. */
export function connectionOf(room: Room, sessionId: string): Client | undefined {
  // A room may ask before it is whole. `get` came with 0.18, which means to drop `getById`.
  const clients: Partial<Room["clients"]> | undefined = room.clients;
  return clients?.get ? clients.get(sessionId) : clients?.getById?.(sessionId);
}
