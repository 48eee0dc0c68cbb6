import { describe, expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { add, QUIET, USER, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const unlock = (target = "FIRST"): Intent => ({ kind: "unlock", target });
type World = Awaited<ReturnType<typeof world>>;

async function scene(options: Parameters<typeof world>[0] = {}) {
  const warned: { readonly fields: object; readonly message: string }[] = [];
  const ignore = (): void => undefined;
  const warn = (fields: object, message: string): void => void warned.push({ fields, message });
  const w = await world({ ...options, logger: { debug: ignore, info: ignore, warn, error: ignore } });
  return { ...w, warned };
}

/** Somebody wipes the player at the platform. */
const wipe = (w: World): void => {
  for (const name of ["FIRST", "KILLS"]) Object.assign(w.platform.state(name), { unlocked: false, count: 0n });
};
const announced = async (w: World): Promise<string[]> => (await w.store.announcements("1", USER)).map(({ id }) => id);

describe("after a reset at the platform, a player who comes back", () => {
  test("is read anew, and what was unlocked is written and announced in a new epoch, with one warning", async () => {
    const w = await scene();
    await w.accept(unlock());
    await w.clock.advance(QUIET + 1);
    wipe(w);
    await w.outbox.prefetch(USER);
    await w.accept(unlock());
    await w.clock.advance(0);
    expect(w.platform.state("FIRST").unlocked).toBe(true);
    expect(await announced(w)).toEqual(["FIRST:0", "FIRST:1"]);
    expect(w.warned).toMatchObject([
      { fields: { user: USER, achievement: "FIRST" }, message: expect.stringContaining("somebody reset it") },
    ]);
  });

  test("has results that wait for the read that is under way", async () => {
    const w = await scene();
    await w.accept(unlock());
    await w.clock.advance(QUIET + 1);
    wipe(w);
    const { readProgress } = w.platform;
    let answer = (): void => undefined;
    w.platform.readProgress = async (user, signal) => {
      const reading = await readProgress(user, signal);
      await new Promise<void>((resolve) => (answer = resolve));
      return reading;
    };
    void w.outbox.prefetch(USER);
    await w.accept(unlock());
    await w.clock.advance(1_000);
    expect(w.counters).toMatchObject({ suppressed: 0, delivered: 1 });
    answer();
    await w.clock.advance(0);
    expect(w.counters).toMatchObject({ suppressed: 0, delivered: 2 });
  });

  test.each([0, 1_000, QUIET - 1])("is believed once a quiet period has passed, %d ms after the unlock", async (ms) => {
    const w = await scene();
    await w.accept(unlock());
    await w.clock.advance(ms);
    wipe(w);
    await w.clock.advance(1);
    await w.outbox.prefetch(USER);
    await w.accept(unlock());
    await w.clock.advance(2 * QUIET);
    expect(w.platform.state("FIRST").unlocked).toBe(true);
    expect(w.counters).toMatchObject({ suppressed: 0, delivered: 2 });
  });

  test("has counts that stand on what is there now", async () => {
    const w = await scene();
    await w.accept(add(50n));
    await w.clock.advance(QUIET + 1);
    wipe(w);
    await w.outbox.prefetch(USER);
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(2n));
    await w.clock.advance(QUIET * 2);
    expect(w.platform.state("KILLS").count).toBe(2n);
    expect(w.counters).toMatchObject({ verdictsApplied: 1, verdictsForeign: 0, dead: 0 });
    expect(w.warned).toHaveLength(1);
  });
});

test("a read that lags behind is no reset: nothing is sent twice, and nothing said", async () => {
  const w = await scene();
  await w.accept(unlock());
  await w.accept(add(5n));
  const stale = await w.platform.readProgress(USER, new AbortController().signal);
  await w.clock.advance(1_000);
  const { readProgress } = w.platform;
  w.platform.readProgress = async () => ({ ...stale, sentAt: w.clock.now() });
  await w.clock.advance(100);
  await w.outbox.prefetch(USER);
  w.platform.readProgress = readProgress;
  await w.accept(unlock());
  await w.accept(add(1n));
  await w.clock.advance(2 * QUIET);
  expect(w.platform.writes).toHaveLength(3);
  expect(w.platform.state("KILLS").count).toBe(6n);
  expect(w.warned).toEqual([]);
});

test("a counter that stops at its unlock has not shrunk", async () => {
  const w = await scene({ targets: { KILLS: 10n } });
  await w.accept(add(25n), { keepsCounting: true });
  await w.clock.advance(QUIET + 1);
  w.platform.state("KILLS").count = 10n;
  await w.outbox.prefetch(USER);
  await w.accept(add(1n), { keepsCounting: true });
  await w.clock.advance(0);
  expect(w.warned).toEqual([]);
  expect(await announced(w)).toEqual(["KILLS:0"]);
});

test("many resets are one warning and a number", async () => {
  const w = await scene();
  for (let n = 0; n < 20; n += 1) await w.accept(unlock(`T${n}`));
  await w.clock.advance(QUIET + 1);
  for (let n = 0; n < 20; n += 1) w.platform.state(`T${n}`).unlocked = false;
  await w.outbox.prefetch(USER);
  for (let n = 0; n < 20; n += 1) await w.accept(unlock(`T${n}`));
  await w.clock.advance(60_000);
  expect(w.warned.map(({ fields }) => fields)).toMatchObject([{ user: USER }, { times: 19 }]);
});

test("what an earlier process knew is not taken for known, in whatever instant it was learnt", async () => {
  const store = memoryStore();
  const clock = manualClock();
  const platform = scriptedPlatform(clock);
  const first = await world({ store, clock, platform });
  await first.accept(unlock());
  await clock.advance(0);
  platform.state("FIRST").unlocked = false;
  const next = await world({ store, clock, platform });
  await next.accept(unlock());
  await clock.advance(QUIET + 1);
  expect(next.counters).toMatchObject({ suppressed: 0, delivered: 1 });
  expect(platform.state("FIRST").unlocked).toBe(true);
});

describe("when the emulator answers from another world", () => {
  test("it is said once, with both ids, and what was known is forgotten", async () => {
    const w = await scene();
    w.outbox.sawWorld("aaaa");
    await w.accept(unlock());
    await w.accept(add(50n));
    await w.clock.advance(1_000);
    wipe(w);
    w.outbox.sawWorld("bbbb");
    // Answers that were on their way.
    for (const id of ["aaaa", "bbbb", "aaaa"]) w.outbox.sawWorld(id);
    await w.accept(unlock());
    w.platform.scripts.push("answer", "lost-after-effect");
    await w.accept(add(3n));
    await w.clock.advance(4 * QUIET);
    expect(w.platform.state("FIRST").unlocked).toBe(true);
    expect(w.platform.state("KILLS").count).toBe(3n);
    expect(w.counters).toMatchObject({ suppressed: 0, verdictsForeign: 0, dead: 0 });
    expect(await announced(w)).toEqual(["FIRST:0", "FIRST:1"]);
    expect(w.warned.map(({ message }) => message)).toEqual([
      expect.stringContaining("The emulator's world was reset: aaaa -> bbbb; what the file says"),
    ]);
  });

  test("also by the very answer that was sent for on the earlier one", async () => {
    const w = await scene();
    w.outbox.sawWorld("aaaa");
    await w.accept(add(50n));
    await w.clock.advance(1_000);
    wipe(w);
    const { deliver } = w.platform;
    w.platform.deliver = (write, signal) => {
      w.outbox.sawWorld("bbbb");
      return deliver(write, signal);
    };
    await w.accept(add(2n));
    await w.clock.advance(1_000);
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(3n));
    await w.clock.advance(4 * QUIET);
    expect(w.platform.state("KILLS").count).toBe(5n);
    expect(w.counters).toMatchObject({ verdictsForeign: 0, dead: 0 });
  });
});
