import { afterEach, beforeEach, expect, test, vi, type MockInstance } from "vitest";
import { testClock } from "../test/test-clock.ts";
import { SAY_EVERY_MS, Seldom } from "./seldom.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());
const lines = (): unknown[] => warned.mock.calls.map((call) => call.slice(-2));

test("says a thing at once, then a line a minute with how often, for as long as it goes on", () => {
  const clock = testClock();
  const seldom = new Seldom(clock);
  for (let time = 0; time < 100; time++) seldom.warn("a token is ignored", { sessionId: `s${time}` });
  seldom.warn("a join is refused");
  expect(lines()).toEqual([
    ["questline: a token is ignored", { sessionId: "s0" }],
    ["questline: a join is refused", {}],
  ]);
  clock.advance(SAY_EVERY_MS);
  expect(lines().slice(2)).toEqual([["questline: a token is ignored", { times: 99, inMs: SAY_EVERY_MS }]]);
  seldom.warn("a token is ignored");
  clock.advance(SAY_EVERY_MS);
  expect(lines().slice(3)).toEqual([["questline: a token is ignored", { times: 1, inMs: SAY_EVERY_MS }]]);
  // A quiet minute later it is news again.
  clock.advance(SAY_EVERY_MS);
  seldom.warn("a token is ignored", { sessionId: "s1" });
  expect(lines().slice(4)).toEqual([["questline: a token is ignored", { sessionId: "s1" }]]);
});
