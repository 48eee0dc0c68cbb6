import { expect, test } from "vitest";
import type { Unread } from "../../src/delivery/platform.ts";
import type { Logger } from "../../src/runtime/log.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { add, QUIET, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

const MINUTE = 60_000;
const down: Unread = { status: "unread", reason: "no-answer" };
const unlock = (target: string) => ({ kind: "unlock", target }) as const;

/** A platform that can be made to give no answer to anything, and counts what it was asked. */
function failingPlatform() {
  const clock = manualClock();
  const platform = scriptedPlatform(clock);
  const { deliver, readProgress, readOne } = platform;
  const asked: number[] = [];
  const state = { isDown: false, asked };
  platform.deliver = async (write, signal) => {
    asked.push(clock.now());
    if (!state.isDown) return deliver(write, signal);
    platform.writes.push(write);
    return write.type === "achievement" && write.value.count > 0n
      ? { status: "ambiguous", reason: "no-answer" }
      : { status: "retryable", reason: "not-connected" };
  };
  platform.readProgress = async (user, signal) => {
    asked.push(clock.now());
    return state.isDown ? down : readProgress(user, signal);
  };
  platform.readOne = async (user, name, signal) => {
    asked.push(clock.now());
    return state.isDown ? down : readOne(user, name, signal);
  };
  return { clock, platform, state };
}

/** A logger that keeps what is said. */
function hearingLogger() {
  const said: string[] = [];
  const say =
    (level: string) =>
    (_fields: object, message: string): void =>
      void said.push(`${level}: ${message}`);
  const logger: Logger = { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
  return { logger, said };
}

test("ten minutes without the platform cost a few hundred requests, whatever is owed, and all is delivered after", async () => {
  const { clock, platform, state } = failingPlatform();
  const { logger, said } = hearingLogger();
  const w = await world({ clock, platform, logger });
  // Each tenth answer comes, so that what was lost is no outage yet.
  const scripts = Array.from({ length: 220 }, (_, n) =>
    n % 10 === 9 ? ("answer" as const) : ("lost-before-effect" as const),
  );
  platform.scripts.push(...scripts);
  for (let user = 0; user < scripts.length; user += 1) await w.accept(add(1n, `KILLS_${user}`), { user: `102${user}` });
  await clock.advance(QUIET - 1);
  expect(await w.outbox.owed()).toMatchObject({ inDoubt: 198, pending: 0 });
  state.isDown = true;
  said.length = 0;
  state.asked.length = 0;
  for (let user = 0; user < 1_000; user += 1) await w.accept(unlock("FIRST_WIN"), { user: `103${user}` });
  await clock.advance(10 * MINUTE);
  const most = 64 + 10 + 5 + (10 * MINUTE) / 2_500;
  expect(state.asked.length).toBeLessThanOrEqual(most);
  expect(state.asked.length).toBeGreaterThan(100);
  expect(await w.outbox.owed()).toMatchObject({ inDoubt: 198, dead: 0 });
  expect(w.outbox.throttle()).toMatchObject({ state: "probing", reason: expect.any(String), waiting: 0 });
  state.isDown = false;
  // A manual clock gives everything some turns of the event loop, not as many as a thousand lanes need.
  for (let second = 0; second < 300; second += 1) await clock.advance(1_000);
  expect(await w.outbox.owed()).toMatchObject({ pending: 0, inFlight: 0, inDoubt: 0, dead: 0 });
  expect(w.outbox.throttle()).toMatchObject({ state: "open" });
  expect(said.filter((line) => line.startsWith("warn"))).toEqual([
    "warn: The platform fails; results wait, and one request at a time will probe.",
  ]);
  expect(said.filter((line) => line.startsWith("info"))).toEqual([
    "info: The platform serves this app again; results go out.",
  ]);
}, 120_000);

test("a verdict read that is told to wait waits, and the next ones back off further each time", async () => {
  const w = await world();
  await w.accept(add(1n));
  await w.clock.advance(0);
  w.platform.scripts.push("lost-after-effect");
  await w.accept(add(5n));
  await w.clock.advance(0);
  w.platform.reads.length = 0;
  const limited = { status: "unread", reason: "rate-limited", afterMs: MINUTE, ofUser: true } as const;
  w.platform.failedReads.push(...Array.from({ length: 1_000 }, () => limited));
  await w.clock.advance(QUIET + MINUTE - 1);
  expect(w.platform.reads).toHaveLength(1);
  w.platform.failedReads.length = 0;
  w.platform.failedReads.push(...Array.from({ length: 1_000 }, () => down));
  await w.clock.advance(10 * MINUTE);
  expect(w.platform.reads.length).toBeGreaterThan(5);
  expect(w.platform.reads.length).toBeLessThan(40);
  w.platform.failedReads.length = 0;
  await w.clock.advance(2 * MINUTE);
  expect(w.platform.state("KILLS").count).toBe(6n);
  expect(await w.outbox.owed()).toMatchObject({ inDoubt: 0, dead: 0 });
});

test("what was told of one lane's read holds for every lane of that player", async () => {
  const w = await world();
  w.platform.failedReads.push({ status: "unread", reason: "rate-limited", afterMs: MINUTE, ofUser: true });
  await w.accept(unlock("A"));
  await w.clock.advance(0);
  for (const name of ["B", "C", "D"]) await w.accept(unlock(name));
  await w.clock.advance(MINUTE - 1);
  expect(w.platform.reads).toHaveLength(1);
  await w.clock.advance(MINUTE);
  expect(w.platform.writes).toHaveLength(4);
  expect(w.platform.reads).toHaveLength(2);
});

test("a pause of the whole app counts as no failed read of a doubt", async () => {
  const w = await world();
  w.platform.scripts.push("lost-before-effect");
  await w.accept(add(5n));
  await w.clock.advance(0);
  const refused = { status: "unread", reason: "credentials", afterMs: 5_000, appWide: true } as const;
  w.platform.failedReads.push(...Array.from({ length: 20 }, () => refused));
  w.platform.reads.length = 0;
  await w.clock.advance(QUIET + 99_000);
  expect(w.platform.reads.length).toBeGreaterThan(5);
  w.platform.failedReads.length = 0;
  await w.clock.advance(6_000 + QUIET);
  expect(w.platform.state("KILLS").count).toBe(5n);
});

test("a pause that is read of holds back a count in doubt, whose next read comes after it", async () => {
  const w = await world();
  w.platform.scripts.push("lost-after-effect", {
    outcome: { status: "retryable", reason: "rate-limited", appWide: true, afterMs: 5 * MINUTE },
  });
  await w.accept(add(5n));
  await w.clock.advance(0);
  await w.accept(unlock("A"));
  await w.clock.advance(0);
  w.platform.reads.length = 0;
  await w.clock.advance(5 * MINUTE - 1);
  expect(w.platform.reads).toHaveLength(0);
  expect(await w.outbox.owed()).toMatchObject({ inDoubt: 1, pending: 1 });
  await w.clock.advance(QUIET);
  expect(w.platform.state("KILLS").count).toBe(5n);
  expect(await w.outbox.owed()).toMatchObject({ inDoubt: 0, pending: 0 });
});

test("one player with ten thousand lanes delays nobody", async () => {
  const { clock, platform } = failingPlatform();
  const { deliver } = platform;
  const open: (() => void)[] = [];
  let isSlow = true;
  platform.deliver = async (write, signal) => {
    const answer = deliver(write, signal);
    if (isSlow) await new Promise<void>((resolve) => open.push(resolve));
    return answer;
  };
  const store = memoryStore();
  const w = await world({ clock, platform, store, concurrency: 4, quietPeriodMs: 0 });
  const score = (n: number) => ({ kind: "submitScore", target: `B${n}`, entry: { score: 1n }, force: false }) as const;
  const many = Array.from({ length: 10_000 }, (_, n) => w.accept(score(n), { user: "hog" }));
  await Promise.all(many);
  await clock.advance(10);
  await w.accept(score(0), { user: "other" });
  let answered = 0;
  for (; answered < 40 && !platform.writes.some(({ user }) => user === "other"); answered += 1) {
    open.shift()?.();
    await clock.advance(1);
  }
  expect(platform.writes.some(({ user }) => user === "other")).toBe(true);
  // What was out already goes first: four lanes for each permit.
  expect(answered).toBeLessThanOrEqual(17);
  isSlow = false;
  for (const resolve of open) resolve();
}, 60_000);
