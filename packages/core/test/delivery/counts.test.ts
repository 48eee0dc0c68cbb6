import { describe, expect, test } from "vitest";
import { add, QUIET, world } from "./outbox-scene.ts";

describe("a count", () => {
  test("is read once, journalled, sent and settled", async () => {
    const w = await world();
    await w.accept(add(3n));
    await w.clock.advance(0);
    expect(w.platform.state("KILLS").count).toBe(3n);
    expect(w.platform.reads.map((read) => read.kind)).toEqual(["all"]);
    expect(await w.outbox.owed()).toMatchObject({ pending: 0, inFlight: 0, inDoubt: 0, dead: 0 });
    expect(w.counters).toMatchObject({ delivered: 1, attemptsStarted: 1, attemptsFinished: 1, reads: 1 });
  });

  test("waits for its window, gathering what comes meanwhile into one request", async () => {
    const w = await world();
    for (let n = 0; n < 5; n += 1) await w.accept(add(1n), { dueInMs: 5_000 });
    await w.clock.advance(4_999);
    expect(w.platform.writes).toHaveLength(0);
    await w.clock.advance(1);
    expect(w.platform.writes).toHaveLength(1);
    expect(w.platform.state("KILLS").count).toBe(5n);
  });

  test("needs no second read: a settled send moves its baseline on", async () => {
    const w = await world();
    for (let n = 0; n < 3; n += 1) {
      await w.accept(add(2n));
      await w.clock.advance(1_000);
    }
    expect(w.platform.state("KILLS").count).toBe(6n);
    expect(w.platform.reads).toHaveLength(1);
    expect(w.ended.map((end) => end.progress)).toEqual([{ count: 2n }, { count: 4n }, { count: 6n }]);
  });

  test.each([
    ["applied", "lost-after-effect" as const, 1],
    ["not applied", "lost-before-effect" as const, 2],
    ["applied late, within the quiet period", { effectAfterMs: QUIET - 1 }, 1],
  ])("with a lost answer is found %s by reading back, and counts once", async (_name, script, requests) => {
    const w = await world();
    w.platform.scripts.push(script);
    await w.accept(add(5n));
    await w.clock.advance(QUIET - 1);
    expect(w.platform.writes).toHaveLength(1);
    expect(await w.outbox.owed()).toMatchObject({ inDoubt: 1 });
    await w.clock.advance(QUIET * 2);
    expect(w.platform.state("KILLS").count).toBe(5n);
    expect(w.platform.writes).toHaveLength(requests);
    expect(await w.outbox.owed()).toMatchObject({ pending: 0, inFlight: 0, inDoubt: 0, dead: 0 });
    const [{ at: verdictAt } = { at: 0 }] = w.platform.reads.filter((read) => read.kind === "one");
    expect(verdictAt).toBeGreaterThanOrEqual(w.clock.now() - QUIET * 2 - 1);
  });

  test("is not applied only after two unchanged reads, half a quiet period apart", async () => {
    const w = await world();
    w.platform.scripts.push("lost-before-effect");
    await w.accept(add(5n));
    await w.clock.advance(QUIET);
    expect(w.platform.writes).toHaveLength(1);
    await w.clock.advance(QUIET / 2 - 1);
    expect(w.platform.writes).toHaveLength(1);
    await w.clock.advance(1);
    await w.clock.advance(0);
    expect(w.platform.writes).toHaveLength(2);
    expect(w.counters).toMatchObject({ ambiguous: 1, verdictsNotApplied: 1 });
    const [first, second] = w.platform.reads.filter((read) => read.kind === "one");
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(QUIET / 2);
  });

  test("holds back newer counts of its lane while it is in doubt", async () => {
    const w = await world();
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(5n));
    await w.clock.advance(0);
    await w.accept(add(1n));
    await w.clock.advance(QUIET - 1);
    expect(w.platform.writes).toHaveLength(1);
    await w.clock.advance(QUIET);
    expect(w.platform.state("KILLS").count).toBe(6n);
  });

  test("that was unlocked by the lost request is announced once, as ours", async () => {
    const w = await world({ targets: { KILLS: 5n } });
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(5n));
    await w.clock.advance(QUIET + 1);
    expect(w.ended.map((end) => end.unlocked)).toEqual([true]);
    await w.accept(add(1n));
    await w.clock.advance(1_000);
    expect(w.ended.map((end) => end.unlocked)).toEqual([true, false]);
    expect(w.counters).toMatchObject({ suppressed: 1, verdictsApplied: 1 });
  });

  test("changed by somebody else while in doubt follows the policy, and is counted", async () => {
    for (const [onForeignWriter, count, dead] of [
      ["dead-letter", 12n, 1],
      ["assume-applied", 12n, 0],
      ["send-again", 17n, 0],
    ] as const) {
      const w = await world({ onForeignWriter });
      w.platform.scripts.push("lost-after-effect");
      await w.accept(add(5n));
      await w.clock.advance(0);
      w.platform.state("KILLS").count += 7n;
      await w.clock.advance(QUIET * 2);
      expect(w.platform.state("KILLS").count).toBe(count);
      expect(w.counters.verdictsForeign).toBe(1);
      const letters = await w.store.deadLetters();
      expect(letters.map(({ reason, maybeApplied }) => ({ reason, maybeApplied }))).toEqual(
        dead === 1 ? [{ reason: "foreign-writer", maybeApplied: true }] : [],
      );
    }
  });

  test("whose verdict cannot be read stays in doubt, and sends nothing", async () => {
    const w = await world({ maxBackoffMs: 1_000 });
    await w.accept(add(1n));
    await w.clock.advance(0);
    w.platform.scripts.push("lost-after-effect");
    await w.accept(add(5n));
    await w.clock.advance(0);
    w.platform.failedReads.push(
      ...Array.from({ length: 5 }, () => ({ status: "unread" as const, reason: "platform-unavailable" as const })),
    );
    await w.clock.advance(QUIET + 500);
    expect(await w.outbox.owed()).toMatchObject({ inDoubt: 1 });
    expect(w.platform.writes).toHaveLength(2);
    await w.clock.advance(10_000);
    expect(w.platform.state("KILLS").count).toBe(6n);
    expect(w.platform.writes).toHaveLength(2);
  });

  test("of an archived achievement becomes a dead letter that was never sent", async () => {
    const w = await world();
    w.platform.archived.add("KILLS");
    await w.accept(add(5n));
    await w.clock.advance(0);
    expect(w.platform.writes).toHaveLength(0);
    expect(await w.store.deadLetters()).toMatchObject([{ reason: "archived", maybeApplied: false }]);
  });

  test("without names in the rows is read one achievement at a time", async () => {
    const w = await world();
    w.platform.state("KILLS").count = 40n;
    w.platform.namelessRows = true;
    await w.accept(add(2n));
    await w.clock.advance(0);
    expect(w.platform.state("KILLS").count).toBe(42n);
    expect(w.platform.reads.map((read) => read.kind)).toEqual(["all", "one"]);
  });
});
