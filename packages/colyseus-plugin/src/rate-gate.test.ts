import { expect, test } from "vitest";
import { testClock } from "../test/test-clock.ts";
import { RateGate } from "./rate-gate.ts";

const done = async (): Promise<"done"> => "done";

test("as many as a minute's pass in one burst; then one whenever its share of a minute is over", async () => {
  const clock = testClock();
  const gate = new RateGate({ mostPerMinute: 3, mostAtOnce: 9 }, clock);
  const burst = [await gate.pass(done), await gate.pass(done), await gate.pass(done), await gate.pass(done)];
  expect(burst).toEqual(["done", "done", "done", { waitSeconds: 20 }]);
  clock.advance(19_999);
  expect(await gate.pass(done)).toEqual({ waitSeconds: 1 });
  clock.advance(1);
  expect([await gate.pass(done), await gate.pass(done)]).toEqual(["done", { waitSeconds: 20 }]);
  clock.advance(3_600_000);
  for (let n = 0; n < 3; n++) expect(await gate.pass(done)).toBe("done");
  expect(await gate.pass(done)).toEqual({ waitSeconds: 20 });
});

test("what is under way is bounded, and a failure ends it too", async () => {
  const gate = new RateGate({ mostPerMinute: 60, mostAtOnce: 1 }, testClock());
  const running = Promise.withResolvers<"done">();
  const first = gate.pass(() => running.promise);
  expect(await gate.pass(done)).toEqual({ waitSeconds: 1 });
  running.reject(new Error("no"));
  await expect(first).rejects.toThrow("no");
  expect(await gate.pass(done)).toBe("done");
});
