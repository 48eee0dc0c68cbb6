import { definePlugins, Room } from "@colyseus/core";
import type { ColyseusTestServer } from "@colyseus/testing";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { DELAYED, PULL, TOKEN } from "../src/messages.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, heard, joined, newUser, player, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;

class GuestRoom extends Room {
  override plugins = definePlugins([questlinePlugin(questline, { auth: "guests" })]);
  override autoDispose = false;
}

const hello = (): string => "hello";
const handlers = { hello };
class SharingRoom extends GuestRoom {
  override messages = handlers;
}
class FrozenRoom extends GuestRoom {
  override messages = Object.freeze({ hello });
}
class GetterRoom extends GuestRoom {}
Object.defineProperty(GetterRoom.prototype, "messages", { get: () => ({ hello }) });

beforeAll(async () => {
  server = await serve({ sharing: SharingRoom, frozen: FrozenRoom, getter: GetterRoom });
});
afterEach(() => server.cleanup());
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

test.each(["sharing", "frozen", "getter"])(
  "the second %s room answers its own players' messages, and its own handlers stay as they were",
  async (name) => {
    await server.createRoom(name);
    const room = await server.createRoom<GuestRoom>(name);
    const ada = newUser(emulator);
    const sdk = await player().joinById(room.roomId);
    const told = heard(sdk, DELAYED);
    await joined(room, sdk);
    sdk.send(TOKEN, { token: ada.token });
    await vi.waitFor(() => expect(room.clients[0]?.auth).toMatchObject({ id: ada.id }), { interval: 5 });
    sdk.send(PULL);
    await vi.waitFor(() => expect(told).toHaveLength(1), { interval: 5 });
    expect(await sdk.request("hello")).toBe("hello");
    expect(Object.keys(handlers)).toEqual(["hello"]);
  },
);
