import { describe, expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { mortalStore } from "./mortal-store.ts";
import { add, QUIET, USER, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const unlock = (target: string): Intent => ({ kind: "unlock", target });

const failing = async () => {
  const store = mortalStore(memoryStore());
  const said: string[] = [];
  const hear = (_fields: object, message: string): void => void said.push(message);
  const logger = { debug: () => undefined, info: hear, warn: hear, error: hear };
  return { ...(await world({ store, logger })), store, said };
};

describe("while the store cannot write", () => {
  test("the ends of answered requests are kept until it can, and nothing is sent twice", async () => {
    const w = await failing();
    await w.accept(add(5n));
    await w.accept(unlock("FIRST_WIN"));
    w.store.fail("settle", 7);
    await w.clock.advance(2_500);
    expect(await w.outbox.owed()).toMatchObject({ inFlight: 2 });
    await w.clock.advance(10_000);
    expect(await w.outbox.owed()).toMatchObject({ pending: 0, inFlight: 0, inDoubt: 0, dead: 0 });
    expect(w.platform.writes).toHaveLength(2);
    expect(w.ended.map(({ record }) => record.how)).toEqual(["delivered", "delivered"]);
    expect(await w.store.announcements("1", USER)).toMatchObject([{ id: "FIRST_WIN:0" }]);
  });

  test("it is said once, and once that it works again", async () => {
    const w = await failing();
    for (const name of ["A", "B", "C"]) await w.accept(unlock(name));
    w.store.fail("settle", 8);
    await w.clock.advance(10_000);
    expect(w.said).toEqual([
      "The store failed; what it should write is kept and tried again every second, and reports are refused meanwhile.",
      "The store works again.",
    ]);
  });

  test("`flush` and `settled` resolve once it can", async () => {
    const w = await failing();
    w.store.fail("settle", 3);
    const acceptance = await w.accept(unlock("FIRST_WIN"));
    const key = { app: "1", user: USER, target: { type: "achievement", name: "FIRST_WIN" } } as const;
    const settled = w.outbox.settled(key, acceptance.status === "accepted" ? acceptance.seq : 0);
    const flushed = w.outbox.flush();
    await w.clock.advance(10_000);
    expect(await settled).toEqual({ status: "delivered" });
    await flushed;
  });

  test("what could not be journalled was not sent, and goes out later", async () => {
    const w = await failing();
    w.store.fail("stage", 2);
    await w.accept(add(5n));
    await w.clock.advance(500);
    expect(w.platform.writes).toEqual([]);
    await w.clock.advance(5_000);
    expect(w.platform.state("KILLS").count).toBe(5n);
    expect(w.platform.writes).toHaveLength(1);
  });

  test("a journal whose writing failed and is there all the same counts once", async () => {
    const w = await failing();
    w.store.fail("stage", 1, "carried out");
    await w.accept(add(5n));
    await w.clock.advance(3 * QUIET);
    expect(w.platform.state("KILLS").count).toBe(5n);
    expect(w.platform.writes).toHaveLength(1);
    expect(await w.outbox.owed()).toMatchObject({ pending: 0, inFlight: 0, inDoubt: 0, dead: 0 });
  });

  test("lanes that were leased as the next due time could not be read go on", async () => {
    const w = await failing();
    w.store.fail("nextDue", 1);
    await w.accept(add(5n));
    await w.clock.advance(0);
    expect(w.platform.state("KILLS").count).toBe(5n);
    await w.accept(add(1n), { dueInMs: 300 });
    await w.clock.advance(1_300);
    expect(w.platform.state("KILLS").count).toBe(6n);
  });
});

for (const [what, verb, after] of [
  ["an end was written though its writing failed", "settle", "carried out"],
  ["the store cannot say at first how it ended", "ended", undefined],
] as const) {
  test(`\`settled\` resolves, and the outcome is told once, where ${what}`, async () => {
    const w = await failing();
    w.store.fail(verb, 1, after);
    const acceptance = await w.accept(unlock("FIRST_WIN"));
    if (verb === "ended") await w.clock.advance(1_000);
    const key = { app: "1", user: USER, target: { type: "achievement", name: "FIRST_WIN" } } as const;
    const settled = w.outbox.settled(key, acceptance.status === "accepted" ? acceptance.seq : 0);
    await w.clock.advance(10 * QUIET);
    expect(await Promise.race([settled, "still waiting"])).toEqual({ status: "delivered" });
    expect(w.ended).toHaveLength(1);
  });
}

test("an attempt that fails for a reason nobody thought of strands nothing", async () => {
  const clock = manualClock();
  const platform = scriptedPlatform(clock);
  const { deliver } = platform;
  let faults = 2;
  platform.deliver = async (write, signal) => {
    if (faults > 0 && faults-- > 0) throw new TypeError("nobody thought of this");
    return deliver(write, signal);
  };
  const w = await world({ clock, platform });
  await w.accept(unlock("FIRST_WIN"));
  await w.accept(add(5n));
  await w.clock.advance(4 * QUIET);
  expect(platform.state("FIRST_WIN").unlocked).toBe(true);
  expect(platform.state("KILLS").count).toBe(5n);
  expect(await w.outbox.owed()).toMatchObject({ pending: 0, inFlight: 0, inDoubt: 0, dead: 0 });
});
