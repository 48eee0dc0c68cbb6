import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { movableClock } from "./movable-clock.ts";
import { randomText, seededRandom } from "./random.ts";

/** A base whose timers fire by hand. */
function handClock(): Clock & { fire: () => void } {
  const timers = new Set<() => void>();
  return {
    now: () => 1_000,
    schedule(_ms, run) {
      timers.add(run);
      return () => timers.delete(run);
    },
    fire() {
      timers.forEach((run) => run());
    },
  };
}

describe("movable clock", () => {
  it("runs what falls due by a move, in order and once", () => {
    const base = handClock();
    const clock = movableClock(base);
    const ran: string[] = [];
    clock.schedule(200, () => ran.push("second"));
    clock.schedule(100, () => ran.push("first"));
    clock.schedule(500, () => ran.push("later"));
    clock.advance(200);
    expect([clock.now(), ran]).toEqual([1_200, ["first", "second"]]);
    base.fire();
    base.fire();
    expect(ran).toEqual(["first", "second", "later"]);
    clock.advance(1_000);
    expect(ran).toHaveLength(3);
  });

  it("shows what runs its own time, and runs what that schedules", () => {
    const clock = movableClock(handClock());
    const ran: number[] = [];
    const tick = (): void => {
      ran.push(clock.now());
      clock.schedule(100, tick);
    };
    clock.schedule(100, tick);
    clock.advance(350);
    expect([clock.now(), ran]).toEqual([1_350, [1_100, 1_200, 1_300]]);
    clock.schedule(-50, () => ran.push(clock.now()));
    clock.advance(0);
    expect(ran.at(-1)).toBe(1_350);
  });

  it("stops moving when what runs starts over", () => {
    const clock = movableClock(handClock());
    const ran: string[] = [];
    clock.schedule(100, () => clock.reset());
    clock.schedule(200, () => ran.push("never"));
    clock.advance(500);
    expect([clock.now(), ran]).toEqual([1_000, []]);
  });

  it("forgets what is cancelled, and everything on reset", () => {
    const base = handClock();
    const clock = movableClock(base);
    const ran: string[] = [];
    const cancel = clock.schedule(1, () => ran.push("cancelled"));
    cancel();
    clock.schedule(1, () => ran.push("reset"));
    clock.advance(0);
    clock.reset();
    clock.advance(10);
    base.fire();
    expect(ran).toEqual([]);
    clock.reset();
    expect(clock.now()).toBe(1_000);
  });
});

describe("random", () => {
  it("repeats for a seed, differs for another, and stays in [0, 1)", () => {
    const draw = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 2_000 }, () => random());
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
    const numbers = draw(1);
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...numbers)).toBeLessThan(1);
    const mean = numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
    expect(randomText(seededRandom(1), 40)).toMatch(/^[A-Za-z0-9]{40}$/);
  });
});
