import { expect, test } from "vitest";
import { manualClock } from "../runtime/manual-clock.ts";
import { Beat } from "./beat.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Steps `a` and `b`, and what each beat carried. */
function scene(everyMs: number, most = 100) {
  const clock = manualClock();
  const beat = new Beat({ clock, everyMs, most });
  const told: string[] = [];
  const steps = {
    a: () => void told.push(`a at ${clock.monotonic()}`),
    b: () => void told.push(`b at ${clock.monotonic()}`),
  };
  return { clock, beat, told, ...steps };
}

test("after a pause a step goes at the end of its turn, once however often it asked", async () => {
  const { beat, told, a, b } = scene(5);
  beat.ask(a);
  beat.ask(b);
  beat.ask(a);
  expect(told).toEqual([]);
  await turn();
  expect(told).toEqual(["a at 0", "b at 0"]);
});

test("what comes sooner after a beat waits for the next, together", async () => {
  const { clock, beat, told, a, b } = scene(5);
  beat.ask(a);
  await clock.advance(1);
  beat.ask(a);
  await clock.advance(3);
  beat.ask(b);
  expect(told).toEqual(["a at 0"]);
  await clock.advance(1);
  expect(told).toEqual(["a at 0", "a at 5", "b at 5"]);
  expect(clock.waiting).toBe(0);
});

test("enough that wait bring the next beat at once; what weighs nothing does not", async () => {
  const { clock, beat, told, a, b } = scene(5, 3);
  beat.ask(a);
  await turn();
  beat.ask(a);
  beat.ask(b, 0);
  beat.ask(a);
  await turn();
  expect(told).toEqual(["a at 0"]);
  beat.ask(a);
  await turn();
  expect(told).toEqual(["a at 0", "a at 0", "b at 0"]);
  await clock.advance(10);
  expect(told).toHaveLength(3);
});

test("a beat may be called in before its time, and a step that asks again gets the next one", async () => {
  const { clock, beat, told } = scene(5);
  const again = (): void => {
    told.push(`again at ${clock.monotonic()}`);
    if (told.length < 3) beat.ask(again);
  };
  beat.ask(again);
  await turn();
  beat.now();
  await turn();
  expect(told).toEqual(["again at 0", "again at 0"]);
  await clock.advance(5);
  expect(told).toEqual(["again at 0", "again at 0", "again at 5"]);
});

test("without a time between beats every turn is one", async () => {
  const { beat, told, a } = scene(0);
  for (let n = 0; n < 3; n += 1) {
    beat.ask(a);
    await turn();
  }
  expect(told).toHaveLength(3);
});
