import { expect, test } from "vitest";
import { createSingleFlight } from "./single-flight.ts";

test("concurrent callers for a key share one call; the next caller makes another", async () => {
  const flight = createSingleFlight<number>();
  let calls = 0;
  const call = async (): Promise<number> => (calls += 1);

  expect(await Promise.all([flight.run("a", call), flight.run("a", call), flight.run("b", call)])).toEqual([1, 1, 2]);
  expect(flight.size).toBe(0);
  expect(await flight.run("a", call)).toBe(3);
});

test("a failure is shared, and is not kept", async () => {
  const flight = createSingleFlight<number>();
  const failing = (): Promise<number> => {
    throw new Error("no");
  };
  const ends = await Promise.allSettled([flight.run("a", failing), flight.run("a", async () => 1)]);

  expect(ends.map((end) => end.status)).toEqual(["rejected", "rejected"]);
  expect(await flight.run("a", async () => 2)).toBe(2);
});
