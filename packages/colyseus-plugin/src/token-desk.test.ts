import { beforeEach, afterEach, expect, test, vi, type MockInstance } from "vitest";
import { coded } from "../test/fake-questline.ts";
import { testClock, type TestClock } from "../test/test-clock.ts";
import type { Seat } from "./seat.ts";
import {
  ASK_AFTER_ANSWER_MS,
  ASK_EVERY_MS,
  IGNORE_FOR_MS,
  MOST_ANSWERS,
  MOST_REFUSALS,
  TokenDesk,
} from "./token-desk.ts";

let warned: MockInstance;
beforeEach(() => {
  warned = vi.spyOn(console, "warn").mockImplementation(() => {});
});
afterEach(() => warned.mockRestore());

interface Scene {
  readonly desk: TokenDesk;
  readonly clock: TestClock;
  /** Reasons asked of the player's one seat, in order. */
  readonly asks: string[];
  readonly provided: string[];
  here: boolean;
  answers: (token: string) => Promise<unknown>;
}

function scene(): Scene {
  const clock = testClock();
  const asks: string[] = [];
  const provided: string[] = [];
  const seat = { send: (_: string, { reason }: { reason: string }) => (asks.push(reason), true) } as unknown as Seat;
  const users = {
    provideToken: (_: string, token: string) => (provided.push(token), it.answers(token) as never),
  };
  const it: Scene = {
    desk: new TokenDesk(users, () => (it.here ? [seat] : []), clock),
    clock,
    asks,
    provided,
    here: true,
    answers: async () => ({ id: "7" }),
  };
  return it;
}

test("a wanted token is asked for at once, and again while nobody answers", () => {
  const { desk, clock, asks } = scene();
  desk.want("7", "missing");
  desk.want("7", "refused");
  expect(asks).toEqual(["missing"]);
  clock.advance(ASK_EVERY_MS - 1);
  expect(asks).toHaveLength(1);
  clock.advance(1);
  expect(asks).toEqual(["missing", "refused"]);
  clock.advance(3 * ASK_EVERY_MS);
  expect(asks).toHaveLength(5);
});

test("a good answer ends the asking", async () => {
  const { desk, clock, asks, provided } = scene();
  desk.want("7", "refused");
  await desk.answer("7", "fresh");
  clock.advance(10 * ASK_EVERY_MS);
  expect(provided).toEqual(["fresh"]);
  expect(asks).toEqual(["refused"]);
  expect(clock.waiting).toBe(0);
});

test("a token that is taken and refused right after is asked for again, not in a tight loop", async () => {
  const { desk, clock, asks } = scene();
  desk.want("7", "refused");
  await desk.answer("7", "short-lived");
  desk.want("7", "refused");
  expect(asks).toHaveLength(1);
  clock.advance(ASK_AFTER_ANSWER_MS);
  expect(asks).toHaveLength(2);
});

test("a refused answer is asked for again at once, a few times, then the player is ignored for a while", async () => {
  const refusing = scene();
  refusing.answers = async () => Promise.reject(coded("identity_refused"));
  refusing.desk.want("7", "missing");
  for (let n = 0; n < MOST_REFUSALS + 3; n++) await refusing.desk.answer("7", `bad-${n}`);
  expect(refusing.provided).toHaveLength(MOST_REFUSALS);
  expect(refusing.asks).toEqual(["missing", ...Array.from({ length: MOST_REFUSALS - 1 }, () => "refused")]);

  refusing.answers = async () => ({ id: "7" });
  refusing.clock.advance(IGNORE_FOR_MS);
  expect(refusing.asks.at(-1)).toBe("missing");
  await refusing.desk.answer("7", "good");
  refusing.clock.advance(IGNORE_FOR_MS);
  expect(refusing.asks).toHaveLength(MOST_REFUSALS + 1);
});

test("a platform that is down keeps the wish, and asks again soon", async () => {
  const it = scene();
  it.answers = async () => Promise.reject(coded("no_answer"));
  it.desk.want("7", "refused");
  await it.desk.answer("7", "fresh");
  expect(it.asks).toEqual(["refused"]);
  it.clock.advance(ASK_AFTER_ANSWER_MS);
  expect(it.asks).toEqual(["refused", "refused"]);
});

test("one answer at a time: others that come meanwhile are dropped", async () => {
  const it = scene();
  it.desk.want("7", "refused");
  await Promise.all([it.desk.answer("7", "one"), it.desk.answer("7", "two")]);
  expect(it.provided).toEqual(["one"]);
});

test("a client that sends good tokens over and over does not spend the app's requests to the platform", async () => {
  const it = scene();
  for (let n = 0; n < 500; n++) await it.desk.answer("7", `good-${n}`);
  expect(it.provided).toHaveLength(MOST_ANSWERS);
  expect(warned).toHaveBeenCalledTimes(1);
  // A token that is wanted meanwhile arrives with one of the next asks.
  it.desk.want("7", "refused");
  while (it.provided.length === MOST_ANSWERS) {
    it.clock.advance(ASK_EVERY_MS);
    await it.desk.answer("7", "wanted");
  }
  expect(it.provided.at(-1)).toBe("wanted");
  expect(it.asks.length).toBeLessThan(4);
});

test("a user who is elsewhere is asked on joining, and again on coming back", () => {
  const it = scene();
  it.here = false;
  it.desk.want("7", "missing");
  expect(it.asks).toEqual([]);
  expect(it.clock.waiting).toBe(0);
  it.here = true;
  it.desk.present("7");
  it.desk.present("7");
  expect(it.asks).toEqual(["missing", "missing"]);
  it.here = false;
  it.desk.absent("7");
  it.clock.advance(ASK_EVERY_MS);
  expect(it.asks).toHaveLength(2);
});

test("a token that came by joining with it ends the asking", () => {
  const it = scene();
  it.desk.want("7", "missing");
  it.desk.arrived("7");
  it.clock.advance(ASK_EVERY_MS);
  expect(it.asks).toHaveLength(1);
});

test("answers never show in the log", async () => {
  const it = scene();
  it.answers = async () => Promise.reject(coded("no_answer", "the platform does not answer"));
  await it.desk.answer("7", "OC-user-secret");
  expect(warned).toHaveBeenCalled();
  expect(JSON.stringify(warned.mock.calls)).not.toContain("OC-user-secret");
});

test("a user who is forgotten is asked for nothing more, also where an answer of theirs is being verified", async () => {
  const it = scene();
  const { desk, clock, asks } = it;
  desk.want("7", "missing");
  const verified = Promise.withResolvers<never>();
  it.answers = () => verified.promise;
  const answered = desk.answer("7", "t");
  desk.forget("7");
  verified.reject(new Error("the platform could not tell"));
  await answered;
  clock.advance(3 * ASK_EVERY_MS);
  desk.present("7");
  expect(asks).toEqual(["missing"]);
  desk.want("7", "missing");
  expect(asks).toEqual(["missing", "missing"]);
});
