import { definePlugins, Room } from "colyseus";
import { matchMaker } from "@colyseus/core";
import type { ColyseusTestServer } from "@colyseus/testing";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { attach } from "../src/attach.ts";
import { questlineAuth } from "../src/questline-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, newUser, player, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const questline = duelQuestline(emulator.url);
let server: ColyseusTestServer;
let quiet: MockInstance[];
const seen: unknown[] = [];

class HookRoom extends Room {
  static override onAuth = questlineAuth(questline);
  override plugins = definePlugins([questlinePlugin(questline)]);
  override onCreate(options: object): void {
    seen.push({ ...options });
    void this.setMetadata(options as never);
  }
}
class PluginRoom extends Room {
  override plugins = definePlugins([questlinePlugin(questline, { auth: "required" })]);
  override onCreate(options: object): void {
    seen.push({ ...options });
    this.metadata = { made: { with: options } };
  }
}
class GuestsRoom extends Room {
  override plugins = definePlugins([questlinePlugin(questline, { auth: "guests" })]);
  override onCreate = (options: object): void => {
    seen.push({ ...options });
    void this.setMetadata(options as never);
  };
}
class AttachedRoom extends Room {
  override onCreate(options: object): void {
    attach(this, questline, { auth: "required", createOptions: options });
    seen.push({ ...options });
    void this.setMetadata(options as never);
  }
}
class BareRoom extends Room {
  override onCreate(options: object): void {
    attach(this, questline, { auth: "required" });
    void this.setMetadata(options as never);
    seen.push({ ...options });
  }
}
class FailingRoom extends Room {
  override plugins = definePlugins([questlinePlugin(questline, { auth: "required" })]);
  override onCreate(): void {
    throw new Error("no room today");
  }
  override onUncaughtException(error: Error): void {
    seen.push({ ...error }, error.message);
  }
}

beforeAll(async () => {
  server = await serve({
    hook: HookRoom,
    plugin: PluginRoom,
    guests: GuestsRoom,
    attached: AttachedRoom,
    bare: BareRoom,
    failing: FailingRoom,
  });
});
beforeEach(() => {
  quiet = (["warn", "info", "error"] as const).map((level) => vi.spyOn(console, level).mockImplementation(() => {}));
  seen.length = 0;
});
afterEach(async () => {
  await server.cleanup();
  for (const spy of quiet) spy.mockRestore();
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
});

test.each(["hook", "plugin", "guests", "attached", "bare"])(
  "%s room: of its creator's credential nothing is in options, listing or log",
  async (name) => {
    const ada = newUser(emulator);
    const nonce = emulator.world.mintNonce("1", ada.id);
    for (const proof of [{ metaToken: ada.token }, { metaUserId: ada.id, metaNonce: nonce }]) {
      const room = await player().create(name, { mode: "duel", ...proof });
      const listed = JSON.stringify(await matchMaker.query({ name }));
      expect(listed).toContain('"mode":"duel"');
      const said = JSON.stringify([seen, listed, ...quiet.map(({ mock }) => mock.calls)]);
      expect(said).not.toContain(ada.token);
      expect(said).not.toContain(nonce);
      expect(seen).not.toEqual([]);
      await room.leave();
    }
  },
);

test("an exception of onCreate does not carry it", async () => {
  const ada = newUser(emulator);
  await expect(player().create("failing", { mode: "duel", metaToken: ada.token })).rejects.toThrow("no room today");
  const said = JSON.stringify([seen, ...quiet.map(({ mock }) => mock.calls)]);
  expect(said).toContain("duel");
  expect(said).not.toContain(ada.token);
});
