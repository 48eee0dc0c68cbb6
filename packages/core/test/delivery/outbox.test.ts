import { describe, expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { add, QUIET, USER, world } from "./outbox-scene.ts";
import { scriptedPlatform } from "./scripted-platform.ts";

describe("a replay-safe value", () => {
  test("with a lost answer is asked about after the quiet period, and the unlock is announced as ours", async () => {
    const w = await world({ targets: { MAPS: 2n } });
    w.platform.scripts.push({ effectAfterMs: QUIET - 1 });
    await w.accept({ kind: "addBits", target: "MAPS", bits: 0b11n, length: 3 });
    await w.clock.advance(QUIET - 2);
    expect(w.platform.writes).toHaveLength(1);
    await w.clock.advance(10);
    expect(w.platform.state("MAPS")).toMatchObject({ bits: 0b11n, unlocked: true });
    expect(w.ended.map((end) => end.unlocked)).toEqual([true]);
    expect(w.platform.writes).toHaveLength(1);
  });

  test("that was lost on its way is sent again after the quiet period", async () => {
    const w = await world({ targets: { MAPS: 2n } });
    w.platform.scripts.push("lost-before-effect");
    await w.accept({ kind: "addBits", target: "MAPS", bits: 0b11n, length: 3 });
    await w.clock.advance(QUIET + 10);
    expect(w.platform.state("MAPS")).toMatchObject({ bits: 0b11n, unlocked: true });
    expect(w.ended.map((end) => end.unlocked)).toEqual([true]);
  });

  test("known to be unlocked costs no request", async () => {
    const w = await world();
    await w.accept({ kind: "unlock", target: "FIRST_WIN" });
    await w.clock.advance(0);
    await w.accept({ kind: "unlock", target: "FIRST_WIN" });
    await w.clock.advance(0);
    expect(w.platform.writes).toHaveLength(1);
    expect(w.counters).toMatchObject({ delivered: 1, suppressed: 1 });
  });

  test("is believed to be unlocked for ten minutes, then asked for again", async () => {
    const w = await world();
    await w.accept({ kind: "unlock", target: "FIRST_WIN" });
    await w.clock.advance(10 * 60_000 + 1);
    await w.accept({ kind: "unlock", target: "FIRST_WIN" });
    await w.clock.advance(0);
    expect(w.platform.reads).toHaveLength(2);
    expect(w.platform.writes).toHaveLength(1);
  });
});

describe("a score", () => {
  const score = (value: bigint, force = false): Intent => ({
    kind: "submitScore",
    target: "BEST",
    entry: { score: value },
    force,
  });

  test("is sent as the platform's order says, whatever came first", async () => {
    const w = await world();
    w.platform.boards = { BEST: { sort: "lower-is-better", writes: "server" } };
    await w.accept(score(30n), { dueInMs: 100 });
    await w.accept(score(10n), { dueInMs: 100 });
    await w.accept(score(20n), { dueInMs: 100 });
    await w.clock.advance(100);
    expect(w.platform.writes.map((write) => (write.type === "score" ? write.entry.score : undefined))).toEqual([10n]);
  });

  test("sent again after a lost answer cannot tell whether it improved", async () => {
    const w = await world();
    w.platform.scripts.push("lost-after-effect");
    await w.accept(score(5n));
    await w.clock.advance(1_000);
    expect(w.platform.scores.get("BEST")?.score).toBe(5n);
    expect(w.ended.map((end) => end.improved)).toEqual(["unknown"]);
  });

  test("forced, with a lost answer, lets nothing else pass until the quiet period is over", async () => {
    const w = await world();
    w.platform.scripts.push({ effectAfterMs: QUIET - 1 });
    await w.accept(score(5n, true));
    await w.clock.advance(0);
    await w.accept(score(3n, true));
    await w.clock.advance(QUIET - 2);
    expect(w.platform.writes).toHaveLength(1);
    await w.clock.advance(10);
    expect(w.platform.scores.get("BEST")?.score).toBe(3n);
  });

  test("unanswered, cannot land on top of a forced one that came later", async () => {
    const w = await world();
    w.platform.scripts.push({ effectAfterMs: QUIET - 1 });
    await w.accept(score(10n));
    await w.clock.advance(0);
    await w.accept(score(3n, true));
    await w.clock.advance(QUIET - 2);
    expect(w.platform.writes).toHaveLength(1);
    await w.clock.advance(10);
    expect(w.platform.scores.get("BEST")?.score).toBe(3n);
  });

  test("of a client-written board waits parked for the player's token, and goes on when it is there", async () => {
    const w = await world();
    const wanted: unknown[] = [];
    w.outbox.tokenWanted.listen((item) => wanted.push(item));
    w.platform.boards = { BEST: { sort: "higher-is-better", writes: "client" } };
    await w.accept(score(5n));
    await w.clock.advance(0);
    expect(await w.outbox.owed()).toMatchObject({ parked: 1 });
    expect(wanted).toEqual([{ user: USER, reason: "missing" }]);
    w.platform.tokens.add(USER);
    await w.outbox.wake("1", USER);
    await w.clock.advance(0);
    expect(w.platform.scores.get("BEST")?.score).toBe(5n);
    w.platform.scripts.push({ outcome: { status: "rejected", reason: "user-token" } });
    await w.accept(score(6n));
    await w.clock.advance(0);
    expect(wanted.at(-1)).toEqual({ user: USER, reason: "refused" });
  });
});

describe("refusals", () => {
  test("a value the platform refuses becomes a dead letter with the reason", async () => {
    const w = await world();
    w.platform.scripts.push({ outcome: { status: "rejected", reason: "refused-parameter", detail: "no" } });
    await w.accept({ kind: "unlock", target: "X" });
    await w.clock.advance(0);
    expect(await w.store.deadLetters()).toMatchObject([
      { reason: "refused-parameter", detail: "no", maybeApplied: false },
    ]);
  });

  test("an ordered wait is kept, also by what is reported meanwhile", async () => {
    const w = await world();
    w.platform.scripts.push({ outcome: { status: "retryable", reason: "rate-limited", afterMs: 30_000 } });
    await w.accept(add(1n));
    await w.clock.advance(0);
    await w.accept(add(1n));
    await w.clock.advance(29_999);
    expect(w.platform.writes).toHaveLength(1);
    await w.clock.advance(1);
    expect(w.platform.state("KILLS").count).toBe(2n);
  });

  test("of the app's credentials make every lane wait behind one probe, and none dies", async () => {
    const w = await world({ concurrency: 8 });
    const refused: Extract<Parameters<typeof w.platform.scripts.push>[0], { outcome: unknown }> = {
      outcome: { status: "retryable", reason: "credentials", appWide: true, afterMs: 5_000 },
    };
    w.platform.scripts.push(refused);
    await w.accept({ kind: "unlock", target: "A" });
    await w.clock.advance(0);
    for (const name of ["B", "C", "D", "E"]) await w.accept({ kind: "unlock", target: name });
    await w.clock.advance(4_999);
    expect(w.platform.writes).toHaveLength(1);
    w.platform.scripts.push(refused);
    await w.clock.advance(1);
    expect(w.platform.writes).toHaveLength(2);
    await w.clock.advance(20_000);
    expect(["A", "B", "C", "D", "E"].map((name) => w.platform.state(name).unlocked)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
    expect(await w.outbox.owed()).toMatchObject({ pending: 0, dead: 0 });
  });

  test("that last longer than the maximum age end dead", async () => {
    const w = await world({ maxAgeMs: 60_000, maxBackoffMs: 5_000 });
    w.platform.scripts.push(
      ...Array.from({ length: 1_000 }, () => ({
        outcome: { status: "retryable" as const, reason: "no-answer" as const },
      })),
    );
    await w.accept({ kind: "unlock", target: "X" });
    await w.clock.advance(59_000);
    expect(await w.store.deadLetters()).toEqual([]);
    await w.clock.advance(10_000);
    expect(await w.store.deadLetters()).toMatchObject([{ reason: "too-old" }]);
  });
});

describe("the life of the outbox", () => {
  test("another incarnation takes over a staged count in doubt, and the first one's late settle changes nothing", async () => {
    const store = memoryStore();
    const clock = manualClock();
    const platform = scriptedPlatform(clock);
    let answer: (() => void) | undefined;
    const deliver = platform.deliver.bind(platform);
    platform.deliver = async (write, signal) => {
      const outcome = await deliver(write, signal);
      await new Promise<void>((resolve) => (answer = resolve));
      return outcome;
    };
    const first = await world({ store, clock, platform });
    await first.accept(add(5n));
    await clock.advance(0);
    expect(platform.state("KILLS").count).toBe(5n);
    platform.deliver = deliver;
    const second = await world({ store, clock, platform, takeoverQuietMs: QUIET });
    answer?.();
    await clock.advance(0);
    expect(first.ended).toEqual([]);
    expect(await second.outbox.owed()).toMatchObject({ inDoubt: 1 });
    await clock.advance(QUIET);
    expect(platform.state("KILLS").count).toBe(5n);
    expect(await second.outbox.owed()).toMatchObject({ inDoubt: 0, pending: 0 });
    expect(second.counters.verdictsApplied).toBe(1);
  });

  test("close delivers what waited for its window, and says what is left", async () => {
    const w = await world();
    await w.accept(add(5n), { dueInMs: 5_000 });
    w.platform.boards = { BEST: { sort: "higher-is-better", writes: "client" } };
    await w.accept({ kind: "submitScore", target: "BEST", entry: { score: 1n }, force: false });
    await w.clock.advance(0);
    const owed = w.outbox.close(1_000);
    await w.clock.advance(1_000);
    expect(await owed).toMatchObject({ pending: 0, inFlight: 0, parked: 1 });
    expect(w.platform.state("KILLS").count).toBe(5n);
  });

  test("the deadline of close is a deadline, and what was under way stays owed", async () => {
    const w = await world();
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(5n));
    await w.clock.advance(0);
    const owed = w.outbox.close(1_000);
    await w.clock.advance(1_000);
    expect(await owed).toMatchObject({ inDoubt: 1 });
  });

  test("sabotaged to resend without reading back, it counts twice", async () => {
    const w = await world({ sabotage: "resend-without-readback" });
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(5n));
    await w.clock.advance(QUIET * 2);
    expect(w.platform.state("KILLS").count).toBe(10n);
  });

  test("flush sends what waits for its window now", async () => {
    const w = await world();
    await w.accept(add(5n), { dueInMs: 5_000 });
    const flushed = w.outbox.flush();
    await w.clock.advance(0);
    await flushed;
    expect(w.platform.state("KILLS").count).toBe(5n);
  });
});
