import { expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { mortalStore } from "./mortal-store.ts";
import { add, QUIET, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const unlock = (target: string): Intent => ({ kind: "unlock", target });
const score = (value: bigint): Intent => ({
  kind: "submitScore",
  target: "BEST",
  entry: { score: value },
  force: false,
});

const scene = () => {
  const clock = manualClock();
  return { clock, platform: scriptedPlatform(clock), store: memoryStore() };
};

test("nothing is leased before the platform's definitions are known, so that no start that ends early costs a value", async () => {
  const { clock, platform, store } = scene();
  const definitions = Promise.withResolvers<void>();
  Object.assign(platform, { known: definitions.promise });
  for (let life = 0; life < 6; life += 1) {
    const w = await world({ clock, platform, store, poisonAfter: 3 });
    if (life === 0) for (const intent of [unlock("A"), add(1n), score(1n)]) await w.accept(intent);
    await clock.advance(5_000);
    expect(await w.outbox.owed()).toMatchObject({ pending: 3, inFlight: 0 });
    const closing = w.outbox.close(0);
    await clock.advance(2_000);
    expect(await closing).toMatchObject({ pending: 3, inFlight: 0, dead: 0 });
  }
  definitions.resolve();
  const last = await world({ clock, platform, store });
  await clock.advance(1_000);
  expect(await last.outbox.owed()).toMatchObject({ pending: 0, dead: 0 });
  expect(platform.state("A").unlocked).toBe(true);
});

test("a close hands back what waits for a progress read, and counts nothing lost", async () => {
  const { clock, platform, store } = scene();
  platform.readProgress = (_user, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => undefined);
      void resolve;
    });
  for (let life = 0; life < 6; life += 1) {
    const w = await world({ clock, platform, store, poisonAfter: 3 });
    if (life === 0) for (const intent of [unlock("A"), add(1n)]) await w.accept(intent);
    await clock.advance(100);
    expect(await w.outbox.owed()).toMatchObject({ inFlight: 2 });
    const closing = w.outbox.close(0);
    await clock.advance(2_000);
    expect(await closing).toMatchObject({ pending: 2, inFlight: 0, dead: 0 });
  }
  expect(platform.writes).toEqual([]);
});

test("crashes that have nothing to do with what is sent make nothing a dead letter", async () => {
  const { clock, platform, store } = scene();
  platform.readProgress = () => new Promise(() => undefined);
  for (let life = 0; life < 8; life += 1) {
    const mortal = mortalStore(store);
    const w = await world({ clock, platform, store: mortal, poisonAfter: 3 });
    if (life === 0) for (let user = 1; user <= 400; user += 1) await w.accept(unlock("A"), { user: String(user) });
    await clock.advance(100);
    mortal.die();
  }
  const last = await world({ clock, platform, store, poisonAfter: 3 });
  expect(await last.outbox.owed()).toMatchObject({ dead: 0 });
});

test("a count whose process keeps dying while it is in doubt is not given up on", async () => {
  const { clock, platform, store } = scene();
  const { readOne } = platform;
  platform.scripts.push("lost-after-effect");
  for (let life = 0; life < 6; life += 1) {
    const mortal = mortalStore(store);
    const w = await world({ clock, platform, store: mortal, poisonAfter: 2 });
    if (life === 0) await w.accept(add(5n));
    platform.readOne = () => new Promise(() => undefined);
    await clock.advance(QUIET + 1);
    mortal.die();
  }
  platform.readOne = readOne;
  const last = await world({ clock, platform, store, poisonAfter: 2 });
  await clock.advance(2 * QUIET);
  expect(await last.outbox.owed()).toMatchObject({ inDoubt: 0, dead: 0 });
  expect(platform.state("KILLS").count).toBe(5n);
  expect(platform.writes).toHaveLength(1);
});

test("a count whose attempts keep killing their process ends dead, once it is known not to be applied", async () => {
  const { clock, platform, store } = scene();
  const ends: string[] = [];
  for (let life = 0; life < 4; life += 1) {
    const mortal = mortalStore(store);
    const w = await world({ clock, platform, store: mortal, poisonAfter: 3, takeoverQuietMs: QUIET });
    if (life === 0) await w.accept(add(5n));
    platform.deliver = () => {
      mortal.die();
      return new Promise(() => undefined);
    };
    await clock.advance(3 * QUIET);
    ends.push(...w.ended.map(({ record }) => `${record.how} ${record.reason}`));
  }
  expect(ends).toEqual(["dead poison"]);
  expect(await store.deadLetters()).toMatchObject([{ reason: "poison", maybeApplied: false, value: { count: 5n } }]);
});

test("what a start takes out as poison is told like every other end", async () => {
  const { clock, platform, store } = scene();
  const mortal = mortalStore(store);
  const w = await world({ clock, platform, store: mortal });
  platform.deliver = () => new Promise(() => undefined);
  await w.accept(unlock("A"));
  await clock.advance(10);
  mortal.die();
  const ended: unknown[] = [];
  const next = await world({ clock, platform, store, poisonAfter: 1, onEnded: (end) => ended.push(end.record) });
  expect(ended).toMatchObject([{ how: "dead", reason: "poison" }]);
  expect(next.counters.dead).toBe(1);
});
