import { afterEach, expect, test, vi } from "vitest";
import { Hub } from "../src/hub.ts";
import type { Seat } from "../src/seat.ts";
import { LOOK_EVERY_MS } from "../src/wait-watch.ts";
import { coded, fakeQuestline } from "./fake-questline.ts";
import { testClock } from "./test-clock.ts";

afterEach(() => vi.restoreAllMocks());

const USER = "80000000000000001";

/** A hub over a Questline that fails as given, with one player who is there and has reported. */
async function looked(failure: Error): Promise<readonly unknown[][]> {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  const { questline } = fakeQuestline();
  const fails = () => Promise.reject(failure);
  const clock = testClock();
  const failing = { ...questline, inspect: fails, announcements: fails, acknowledge: fails };
  const hub = new Hub(failing, { clock, source: { current: () => undefined, ready: Promise.resolve() } });
  const seat = { sessionId: "s-1", wishes: { progress: false }, notify: () => {} } as unknown as Seat;
  hub.enter(USER, seat);
  hub.watched(failing.match("m-1")).report(USER, "kill", { weapon: "axe" });
  await new Promise((done) => setImmediate(done));
  clock.advance(LOOK_EVERY_MS);
  await new Promise((done) => setImmediate(done));
  return warned.mock.calls;
}

test("a Questline that was closed is no failure: nothing is said of what cannot be looked for any more", async () => {
  expect(await looked(coded("closed", "The lane store is closed."))).toEqual([]);
});

test("one that fails is said", async () => {
  const said = JSON.stringify(await looked(coded("store_unusable", "gone")));
  for (const what of ["looking for delayed results failed", "results that wait for a token", "unlocks that were not"]) {
    expect(said).toContain(what);
  }
});
