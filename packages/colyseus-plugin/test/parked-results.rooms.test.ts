import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { definePlugins, Room } from "@colyseus/core";
import { Client as SdkClient } from "@colyseus/sdk";
import type { ColyseusTestServer } from "@colyseus/testing";
import { sqliteStore } from "@questline/core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TOKEN } from "../src/messages.ts";
import { playerAuth } from "../src/player-auth.ts";
import { questlinePlugin } from "../src/questline-plugin.ts";
import { createEmulator, duelQuestline, heard, host, newUser, serve, type Emulator } from "./rooms-scene.ts";

const emulator: Emulator = await createEmulator();
const folder = await mkdtemp(join(tmpdir(), "questline-parked-"));
const database = join(folder, "game.db");
const ada = newUser(emulator);

/** A first life, in which a score of ada's was parked for want of a token. */
const before = duelQuestline(emulator.url, sqliteStore(database));
await before.match("m-1").report(ada.id, "matchEnded", { won: true, score: 1n, timeMs: 81_250 }).durable;
await before.flush();
const left = await before.owed();
await before.close();

const questline = duelQuestline(emulator.url, sqliteStore(database));
// Nothing asks Meta, and nothing listened, before the first room exists.
await questline.ready;
class TrustingRoom extends Room {
  static override onAuth = (): Promise<object> => playerAuth(questline, { id: ada.id });
  override plugins = definePlugins([questlinePlugin(questline)]);
}
class OtherRoom extends TrustingRoom {}
let server: ColyseusTestServer;

beforeAll(async () => {
  server = await serve({ trusting: TrustingRoom, other: OtherRoom });
});
afterAll(async () => {
  await server.shutdown();
  await questline.close();
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
});

test("what a process left parked: the player is asked on return, in each room, and an answer sends it", async () => {
  expect(left).toMatchObject({ parked: 1, owed: 1 });
  for (const name of ["trusting", "other"]) {
    const sdk = await new SdkClient(`ws://${host}`).joinOrCreate(name);
    const asked = heard(sdk, TOKEN);
    await vi.waitFor(() => expect(asked).toEqual([{ type: TOKEN, payload: { reason: "missing" } }]), { interval: 5 });
    if (name === "trusting") await sdk.leave();
    else sdk.send(TOKEN, { token: ada.token });
  }
  await vi.waitFor(() => expect(emulator.world.entry("BEST_TIME", ada.id)?.score).toBe(81_250n), { interval: 5 });
  await questline.flush();
  expect(await questline.owed()).toMatchObject({ owed: 0 });
});
