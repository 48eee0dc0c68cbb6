import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Room } from "@colyseus/core";
import { afterEach, expect, test, vi } from "vitest";
import { Hub } from "../src/hub.ts";
import { warnOfSkippedAuth } from "../src/skipped-auth.ts";
import { fakeQuestline } from "./fake-questline.ts";

afterEach(() => vi.restoreAllMocks());

/** Colyseus's own room, evaluated a second time, as a second installed copy is. */
async function otherRoom(): Promise<typeof Room> {
  const entry = createRequire(import.meta.url).resolve("@colyseus/core");
  const url = pathToFileURL(join(dirname(entry), "Room.mjs"));
  const copy = (await import(/* @vite-ignore */ `${url.href}?copy`)) as { Room: typeof Room };
  expect(copy.Room).not.toBe(Room);
  return copy.Room;
}

const said = (rooms: readonly Room[]): readonly string[] => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const hub = new Hub(fakeQuestline().questline, { source: { current: () => undefined, ready: Promise.resolve() } });
  for (const room of rooms) warnOfSkippedAuth(room, hub, true);
  return warned.mock.calls.map(([message]) => String(message));
};

test("rooms of a second copy of Colyseus: said once, and nothing false of their onAuth", async () => {
  const Other = await otherRoom();
  class Arena extends Other {}
  class Duel extends Other {}
  const words = said([new Arena(), new Duel(), new Arena()]);
  expect(words).toEqual([expect.stringContaining("two copies of @colyseus/core are loaded")]);
});

test("their own static onAuth is still said to keep `auth` from running, and rooms of the one copy stay silent", async () => {
  const Other = await otherRoom();
  class Guarded extends Other {
    static override async onAuth(): Promise<boolean> {
      return true;
    }
  }
  class Arena extends Room {}
  const words = said([new Guarded(), new Arena()]);
  expect(words).toEqual([
    expect.stringContaining("two copies"),
    expect.stringContaining("`auth` never verifies anybody"),
  ]);
});
