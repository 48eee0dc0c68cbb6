import { expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { mortalStore } from "./mortal-store.ts";
import { QUIET, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const score = (value: bigint, force: boolean): Intent => ({
  kind: "submitScore",
  target: "BEST",
  entry: { score: value },
  force,
});

test("what a first kernel may still send is not forgotten as a second one shows that nothing of its own is left", async () => {
  const clock = manualClock();
  const platform = scriptedPlatform(clock);
  const store = memoryStore();
  const life = async (kernel: string) => {
    const mortal = mortalStore(store);
    const w = await world({ store: mortal, clock, platform, orphans: () => ({ kernel, lingering: false }) });
    return { ...w, die: mortal.die };
  };
  const { deliver } = platform;
  const hang = (current: { die: () => void }, arrivesAfterMs: number | undefined) => {
    platform.deliver = async (write, signal) => {
      if (arrivesAfterMs !== undefined) clock.after(arrivesAfterMs, () => void deliver(write, signal));
      current.die();
      return new Promise(() => undefined);
    };
  };
  // On the first machine: killed, and its kernel sends for 60 s more (assumption b: takeoverQuietMs, 120 s).
  const first = await life("machine-1/net-1");
  hang(first, 60_000);
  await first.accept(score(500n, false));
  await clock.advance(0);
  // In the next container; a best score may follow a best score at once. Killed as it sends.
  const second = await life("machine-2/net-2");
  hang(second, undefined);
  await clock.advance(1_000);
  // Again there: the kernel's own table shows nothing.
  platform.deliver = deliver;
  const third = await life("machine-2/net-2");
  await third.accept(score(3n, true));
  await clock.advance(30_000);
  const left = platform.writes.map((write) => (write.type === "score" && write.forced ? "forced" : "best"));
  await clock.advance(20 * QUIET);
  third.die();
  expect(left).toEqual(["best"]);
  expect(platform.scores.get("BEST")?.score).toBe(3n);
});
