import { expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { sleep } from "../../src/runtime/clock.ts";
import { QUIET, USER, world } from "./outbox-scene.ts";

const unlock = (target: string): Intent => ({ kind: "unlock", target });

test("an unlock that was answered while a reset was under way, and the next one after it, are both announced", async () => {
  const w = await world();
  const { deliver } = w.platform;
  w.platform.deliver = async (write, signal) => {
    // Takes effect at once, its answer is slow.
    const answer = await deliver(write, signal);
    await sleep(w.clock, 3_000);
    return answer;
  };
  await w.accept(unlock("FIRST"));
  await w.clock.advance(500);
  await w.outbox.forgetProgress("1", USER, 120_000);
  await w.clock.advance(500);
  Object.assign(w.platform.state("FIRST"), { unlocked: false });
  await w.outbox.forgetProgress("1", USER, 0);
  await w.clock.advance(3 * QUIET);
  const first = await w.store.announcements("1", USER);
  await w.accept(unlock("FIRST"));
  await w.clock.advance(3 * QUIET);
  expect(w.platform.writes).toHaveLength(2);
  const ids = (await w.store.announcements("1", USER)).map(({ id }) => id);
  const told = w.ended.filter(({ unlocked }) => unlocked).map(({ epoch }) => `FIRST:${epoch}`);
  expect({ ids: ids.length, told }).toEqual({ ids: 2, told: ids });
  expect(first).toHaveLength(1);
});
