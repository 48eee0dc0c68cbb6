import { expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { mortalStore } from "./mortal-store.ts";
import { QUIET, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

/** In each life, one progress read fails, as it does where a platform is busy; the next is answered, and the send kills. */
test("bits whose send kills its process are poison, also where something unsent ended in between", async () => {
  const clock = manualClock();
  const platform = scriptedPlatform(clock);
  const store = memoryStore();
  const bits: Intent = { kind: "addBits", target: "MAPS", bits: 1n, length: 7 };
  let deaths = 0;
  for (let life = 0; life < 12; life += 1) {
    const mortal = mortalStore(store);
    const w = await world({ store: mortal, clock, platform, takeoverQuietMs: QUIET });
    platform.failedReads.push({ status: "unread", reason: "platform-unavailable" });
    platform.deliver = async () => {
      deaths += 1;
      mortal.die();
      return new Promise(() => undefined);
    };
    if (life === 0) await w.accept(bits);
    await clock.advance(10 * QUIET);
    if ((await store.owed()).dead > 0) break;
  }
  expect({ deaths, dead: (await store.owed()).dead }).toMatchObject({ deaths: 5, dead: 1 });
});
