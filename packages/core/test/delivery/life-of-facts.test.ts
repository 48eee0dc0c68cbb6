import { expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { add, QUIET, USER, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const unlock = (target = "FIRST_WIN"): Intent => ({ kind: "unlock", target });
const score = (value: bigint): Intent => ({
  kind: "submitScore",
  target: "BEST",
  entry: { score: value },
  force: false,
});
const TEN_MINUTES = 600_000;

test("an unlock of ours is announced in the transaction that settles it, until it is acknowledged", async () => {
  const w = await world();
  await w.accept(unlock());
  await w.clock.advance(0);
  const [announced, ...others] = await w.store.announcements("1", USER);
  expect(others).toEqual([]);
  expect(announced).toMatchObject({ id: "FIRST_WIN:0", achievement: "FIRST_WIN", at: w.clock.now() });
  expect(await w.store.acknowledge("1", USER, ["FIRST_WIN:0"])).toBe(1);
  expect(await w.store.announcements("1", USER)).toEqual([]);
});

test("an unlock that was there before us is not announced", async () => {
  const w = await world();
  w.platform.state("FIRST_WIN").unlocked = true;
  await w.accept(unlock());
  await w.clock.advance(0);
  expect(await w.store.announcements("1", USER)).toEqual([]);
  expect(w.counters.suppressed).toBe(1);
});

test("progress that was reset at the platform begins a new epoch, and unlocks and announces again", async () => {
  const w = await world();
  await w.accept(unlock());
  await w.clock.advance(0);
  w.platform.state("FIRST_WIN").unlocked = false;
  await w.clock.advance(TEN_MINUTES + 1);
  await w.accept(unlock());
  await w.clock.advance(0);
  expect(w.platform.state("FIRST_WIN").unlocked).toBe(true);
  expect((await w.store.announcements("1", USER)).map(({ id }) => id)).toEqual(["FIRST_WIN:0", "FIRST_WIN:1"]);
  expect(w.ended.map(({ unlocked, epoch }) => ({ unlocked, epoch }))).toEqual([
    { unlocked: true, epoch: 0 },
    { unlocked: true, epoch: 1 },
  ]);
});

test("a forgotten player's count is read again before the next one is sent", async () => {
  const w = await world();
  await w.accept(add(5n));
  await w.clock.advance(QUIET + 1);
  w.platform.state("KILLS").count = 0n;
  expect(await w.outbox.forgetProgress("1", USER)).toBe(1);
  w.platform.scripts.push("lost-after-effect");
  await w.accept(add(2n));
  await w.clock.advance(QUIET * 2);
  expect(w.platform.state("KILLS").count).toBe(2n);
  expect(w.counters).toMatchObject({ verdictsApplied: 1, verdictsForeign: 0 });
});

test("a read that was under way when the player was forgotten is not believed", async () => {
  const w = await world();
  const read = w.platform.readProgress.bind(w.platform);
  let answer: (() => void) | undefined;
  w.platform.readProgress = async (user, signal) => {
    const reading = await read(user, signal);
    await new Promise<void>((resolve) => (answer = resolve));
    return reading;
  };
  w.platform.state("FIRST_WIN").unlocked = true;
  await w.accept(unlock());
  await w.clock.advance(0);
  w.platform.readProgress = read;
  await w.outbox.forgetProgress("1", USER);
  w.platform.state("FIRST_WIN").unlocked = false;
  answer?.();
  await w.clock.advance(1_000);
  expect(w.counters).toMatchObject({ suppressed: 0, delivered: 1 });
});

test("a player read ahead costs the first result no read", async () => {
  const w = await world();
  await Promise.all([w.outbox.prefetch(USER), w.outbox.prefetch(USER)]);
  await w.accept(add(1n));
  await w.clock.advance(0);
  expect(w.platform.reads).toHaveLength(1);
  expect(w.platform.state("KILLS").count).toBe(1n);
});

test("a read made while a count was in flight never becomes its baseline", async () => {
  const w = await world();
  await w.accept(add(5n));
  await w.clock.advance(0);
  await w.store.forgetProgress("1", USER);
  await w.outbox.prefetch(USER);
  await w.accept(add(1n));
  await w.clock.advance(QUIET - 1);
  expect(w.platform.writes).toHaveLength(1);
  await w.clock.advance(2);
  expect(w.platform.state("KILLS").count).toBe(6n);
});

test("parked results expire by their age into dead letters", async () => {
  const w = await world({ maxAgeMs: 60_000 });
  w.platform.boards = { BEST: { sort: "higher-is-better", writes: "client" } };
  await w.accept(score(5n));
  await w.clock.advance(59_000);
  expect(await w.outbox.owed()).toMatchObject({ parked: 1, dead: 0 });
  await w.clock.advance(20_000);
  expect(await w.outbox.owed()).toMatchObject({ parked: 0, dead: 1 });
  expect(await w.store.deadLetters()).toMatchObject([{ reason: "user-token", maybeApplied: false }]);
  expect(w.counters.dead).toBe(1);
  expect(w.ended).toMatchObject([{ record: { how: "dead", reason: "user-token" } }]);
});

test("a lane whose attempts keep dying with their process is taken out as poison", async () => {
  const store = memoryStore();
  const clock = manualClock();
  const platform = scriptedPlatform(clock);
  platform.deliver = (_write, signal) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve({ status: "retryable", reason: "not-connected" }));
    });
  for (let life = 0; life < 3; life += 1) {
    const w = await world({ store, clock, platform, poisonAfter: 3 });
    if (life === 0) await w.accept(unlock());
    await clock.advance(5_000);
    expect(await store.deadLetters()).toEqual([]);
  }
  const last = await world({ store, clock, platform, poisonAfter: 3 });
  expect(await store.deadLetters()).toMatchObject([{ reason: "poison" }]);
  expect(last.counters.dead).toBe(1);
});

test("a dead letter tells its tries", async () => {
  const w = await world();
  w.platform.scripts.push(
    { outcome: { status: "retryable", reason: "platform-unavailable", detail: "HTTP 503" } },
    { outcome: { status: "rejected", reason: "refused-parameter", detail: "no such name" } },
  );
  await w.accept(unlock());
  await w.clock.advance(1_000);
  const [letter] = await w.store.deadLetters();
  expect(letter?.history.map(({ status, reason, detail }) => ({ status, reason, detail }))).toEqual([
    { status: "retryable", reason: "platform-unavailable", detail: "HTTP 503" },
    { status: "rejected", reason: "refused-parameter", detail: "no such name" },
  ]);
});

test("more than may wait for the store is refused, with a reason, and what was taken is kept", async () => {
  const w = await world({ maxQueued: 2 });
  const results = await Promise.allSettled([w.accept(add(1n)), w.accept(add(1n)), w.accept(add(1n))]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected"]);
  await w.clock.advance(0);
  expect(w.platform.state("KILLS").count).toBe(2n);
});

test("a platform that says 429 on half of its answers slows the whole app", async () => {
  const w = await world({ concurrency: 1, backoffMs: 1, maxBackoffMs: 1 });
  w.platform.scripts.push(
    ...Array.from({ length: 10 }, () => ({
      outcome: { status: "retryable" as const, reason: "rate-limited" as const },
    })),
  );
  await w.accept(unlock("A"));
  for (let ms = 0; ms < 20; ms += 1) await w.clock.advance(1);
  expect(w.platform.writes).toHaveLength(10);
  await w.clock.advance(500);
  expect(w.platform.writes).toHaveLength(10);
  await w.clock.advance(600);
  expect(w.platform.state("A").unlocked).toBe(true);
});

test("a lane that was forgotten stands on no read from before its last send", async () => {
  const w = await world({ retentionMs: 60_000 });
  w.platform.state("KILLS");
  // The player joins.
  await w.outbox.prefetch(USER);
  await w.clock.advance(10);
  await w.accept(add(5n));
  await w.clock.advance(10);
  expect(w.platform.state("KILLS").count).toBe(5n);
  await w.clock.advance(200_000);
  expect(await w.store.inspect()).toEqual([]);
  w.platform.scripts.push("lost-before-effect");
  await w.accept(add(5n));
  await w.clock.advance(20 * QUIET);
  expect(w.platform.state("KILLS").count).toBe(10n);
});
