import { attachToTestRoom, ClientArray, ClientState, type Client, type Room, type RoomPlugin } from "@colyseus/core";

export interface FakeClient extends Client {
  readonly sent: { type: string; payload: unknown }[];
}

/** A connection that keeps what is sent to it. */
export function fakeClient(sessionId: string, auth: unknown): FakeClient {
  const sent: FakeClient["sent"] = [];
  const client = {
    sessionId,
    auth,
    state: ClientState.JOINED,
    sent,
    send: (type: string, payload: unknown) => void sent.push({ type, payload }),
  };
  return client as unknown as FakeClient;
}

export interface FakeRoom {
  readonly room: Room;
  join(sessionId: string, auth: unknown): Promise<FakeClient>;
  /** An abnormal close with a seat held: the room's onDrop ran, onLeave did not. */
  drop(client: FakeClient): void;
  comeBack(dropped: FakeClient): FakeClient;
  leave(client: FakeClient): Promise<void>;
}

/** A room around one plugin, which calls its hooks as Colyseus does. */
export function fakeRoom(plugin: RoomPlugin, hooks: Partial<Room> = {}): FakeRoom {
  const clients = new ClientArray();
  const room = { roomId: "room-1", clients, ...hooks } as unknown as Room;
  attachToTestRoom(plugin, room);
  return {
    room,
    async join(sessionId, auth) {
      const client = fakeClient(sessionId, auth);
      clients.push(client);
      await room.onJoin?.(client, {}, auth);
      return client;
    },
    drop(client) {
      client.state = ClientState.LEAVING;
      clients.delete(client);
    },
    comeBack(dropped) {
      const client = fakeClient(dropped.sessionId, dropped.auth);
      dropped.state = ClientState.RECONNECTED;
      clients.push(client);
      room.onReconnect?.(client);
      return client;
    },
    async leave(client) {
      client.state = ClientState.LEAVING;
      clients.delete(client);
      await room.onLeave?.(client, 4000);
    },
  };
}
