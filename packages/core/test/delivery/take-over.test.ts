import { expect, test } from "vitest";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import type { OrphanedSockets } from "../../src/runtime/orphaned-sockets.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { mortalStore } from "./mortal-store.ts";
import { add, QUIET, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const TAKEOVER = 120_000;

/** A process dies while its count is on its way; the next one is told this by its kernel, look by look. */
async function killedSending(before: string | undefined, looks: readonly OrphanedSockets[]) {
  const clock = manualClock();
  const store = memoryStore();
  const platform = scriptedPlatform(clock);
  const mortal = mortalStore(store);
  const first = await world({ clock, store: mortal, platform, orphans: () => ({ kernel: before, lingering: false }) });
  platform.deliver = () => new Promise(() => undefined);
  await first.accept(add(5n));
  await clock.advance(10);
  mortal.die();
  const left = [...looks];
  const orphans = (): OrphanedSockets =>
    (left.length > 1 ? left.shift() : left[0]) ?? { kernel: undefined, lingering: true };
  await world({ clock, store, platform: scriptedPlatform(clock), orphans });
  const takenAt = clock.now();
  await clock.advance(2_000);
  const [lane] = await store.inspect();
  return (lane?.dueAt ?? 0) - takenAt;
}

const none = { kernel: "boot-1", lingering: false };
const some = { kernel: "boot-1", lingering: true };

test("what a dead process may have sent waits for as long as a kernel goes on sending", async () => {
  expect(await killedSending(undefined, [{ kernel: undefined, lingering: true }])).toBe(TAKEOVER);
  expect(await killedSending("boot-1", [some])).toBe(TAKEOVER);
});

test("it waits a quiet period only, where its own kernel shows twice that nothing is left", async () => {
  expect(await killedSending("boot-1", [none])).toBe(QUIET);
});

test.each([
  ["the first look shows some", "boot-1", [none, some, none]],
  ["the second look shows some", "boot-1", [none, none, some]],
  ["it is another boot or network", "boot-0", [none]],
  ["the dead process could not name its own", undefined, [none]],
] as const)("it waits all that time where %s", async (_, before, looks) => {
  expect(await killedSending(before, looks)).toBe(TAKEOVER);
});
