import { expect, test } from "vitest";
import { createGovernor } from "./governor.ts";
import type { Answer, Governor, Permit, Throttle, Wish } from "./governor.ts";
import { manualClock } from "../runtime/manual-clock.ts";
import type { ManualClock } from "../runtime/manual-clock.ts";
import { seededRandom } from "../runtime/random.ts";

const good: Answer<string> = { is: "good" };
const failed: Answer<string> = { is: "failed", reason: "no-answer" };
const refused = (afterMs?: number, reason = "credentials"): Answer<string> => ({
  is: "refused",
  reason,
  limit: reason === "rate-limited",
  afterMs,
});
const limited = (ofUser: boolean): Answer<string> => ({ is: "limited", reason: "rate-limited", ofUser });

const governorOf = (limit: number): { governor: Governor; clock: ManualClock } => {
  const clock = manualClock(1_000);
  return { governor: createGovernor({ clock, random: seededRandom(3), limit }), clock };
};

let asked = 0;
const wish = (kind: Wish["kind"] = "write"): Wish => ({ kind, asked: `lane ${(asked += 1)}` });

/** A permit that must be there. */
async function take(governor: Governor, kind?: Wish["kind"]): Promise<Permit<string>> {
  const permit = await governor.acquire(wish(kind));
  if (permit === undefined) throw new Error("no permit");
  return permit;
}

async function answer(governor: Governor, ...answers: readonly Answer<string>[]): Promise<void> {
  for (const each of answers) (await take(governor)).end(each);
}

const times = (count: number, one: Answer<string>): readonly Answer<string>[] =>
  Array.from({ length: count }, () => one);

/** What those who ask are given, as it comes. */
function askers(governor: Governor): {
  ask: (name: string, kind?: Wish["kind"]) => void;
  got: Record<string, boolean>;
} {
  const got: Record<string, boolean> = {};
  const ask = (name: string, kind?: Wish["kind"]): void =>
    void governor.acquire(wish(kind)).then((permit) => (got[name] = permit !== undefined));
  return { ask, got };
}

test("no more than `limit` permits are in use, and a permit that comes back goes to who waits the longest", async () => {
  const { governor, clock } = governorOf(2);
  const { ask, got } = askers(governor);
  const [first, second] = [await take(governor), await take(governor)];
  ask("third");
  ask("fourth");
  await clock.advance(0);
  expect(got).toEqual({});
  expect(governor.throttle()).toEqual({ state: "open", limit: 2, maxLimit: 2, inUse: 2, waiting: 2 });
  first.end(good);
  first.end(good);
  await clock.advance(0);
  expect(got).toEqual({ third: true });
  second.end(undefined);
  await clock.advance(0);
  expect(got).toEqual({ third: true, fourth: true });
  expect(governor.throttle()).toMatchObject({ inUse: 2, waiting: 0 });
});

test("tells that a permit has come free", async () => {
  const { governor } = governorOf(1);
  let told = 0;
  const stop = governor.onFree(() => (told += 1));
  (await take(governor)).end(good);
  expect(told).toBe(1);
  stop();
  (await take(governor)).end(good);
  expect(told).toBe(1);
});

test("reads share the budget, and keep part of it free for writes", async () => {
  const { governor, clock } = governorOf(20);
  const { ask, got } = askers(governor);
  for (let read = 0; read < 16; read += 1) await take(governor, "read");
  ask("a read too many", "read");
  ask("a write");
  await clock.advance(0);
  expect(got).toEqual({ "a write": true });
  expect(governor.throttle()).toMatchObject({ inUse: 17, waiting: 1 });
});

test("a refused app gets none until its time, then one at a time until an answer is good", async () => {
  const { governor, clock } = governorOf(8);
  let told = 0;
  governor.onFree(() => (told += 1));
  await answer(governor, refused(5_000));
  expect(governor.throttle()).toMatchObject({ state: "paused", reason: "credentials", untilMs: 6_000, inUse: 0 });
  told = 0;
  await clock.advance(4_999);
  expect([governor.isFree, told, await governor.acquire(wish())]).toEqual([false, 0, undefined]);

  await clock.advance(1);
  expect([governor.isFree, told, governor.throttle().state]).toEqual([true, 1, "probing"]);
  const probe = await take(governor);
  expect(await governor.acquire(wish("read"))).toBeUndefined();
  probe.end(good);
  expect(governor.throttle()).toEqual({ state: "open", limit: 1, maxLimit: 8, inUse: 0, waiting: 0 });
});

test("a good answer to what was sent before the pause does not end it", async () => {
  const { governor, clock } = governorOf(2);
  const before = await take(governor);
  await answer(governor, refused(100));
  before.end(good);
  expect(governor.throttle().state).toBe("paused");
  await clock.advance(100);
  expect(governor.throttle().state).toBe("probing");
});

test("the later of two ends holds, and a probe can lead to another pause", async () => {
  const { governor, clock } = governorOf(2);
  const [one, other] = [await take(governor), await take(governor)];
  one.end(refused(500));
  other.end(refused(200, "rate-limited"));
  expect(governor.held).toMatchObject({ reason: "rate-limited", until: 1_500 });
  await clock.advance(500);
  await answer(governor, refused(900));
  expect(governor.throttle()).toMatchObject({ state: "paused", untilMs: 2_400 });
  governor.close();
  expect(clock.waiting).toBe(0);
});

test("who waits when it pauses goes without, and so does everybody once it is closed", async () => {
  const { governor, clock } = governorOf(1);
  const { ask, got } = askers(governor);
  const permit = await take(governor);
  ask("waits");
  permit.end(refused());
  ask("comes later");
  await clock.advance(0);
  expect(got).toEqual({ waits: false, "comes later": false });
  await clock.advance(1_000);
  const probe = await take(governor);
  probe.end(good);
  await take(governor);
  ask("waits again");
  governor.close();
  ask("comes after");
  await clock.advance(0);
  expect(got).toMatchObject({ "waits again": false, "comes after": false });
});

test("ten failures in a row, of several that asked, leave one probe at a time, further apart each time", async () => {
  const { governor, clock } = governorOf(64);
  await answer(governor, ...times(9, failed));
  expect(governor.throttle().state).toBe("open");
  const under = [await take(governor), await take(governor)];
  await answer(governor, failed);
  expect(governor.throttle()).toMatchObject({ state: "probing", reason: "no-answer" });
  for (const permit of under) permit.end(failed);
  const waits: number[] = [];
  for (let probe = 0; probe < 9; probe += 1) {
    const until = governor.held?.until ?? 0;
    waits.push(until - clock.now());
    await clock.advance(until - clock.now() - 1);
    expect(governor.isFree).toBe(false);
    await clock.advance(1);
    await answer(governor, failed);
  }
  const bounds = [200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000, 5_000];
  for (const [index, wait] of waits.entries()) {
    expect(wait).toBeGreaterThanOrEqual((bounds[index] ?? 0) / 2);
    expect(wait).toBeLessThanOrEqual(bounds[index] ?? 0);
  }
});

test("one good answer between them, or one that asks alone, is no outage", async () => {
  const { governor } = governorOf(4);
  await answer(governor, ...times(9, failed), good, ...times(9, failed));
  expect(governor.throttle().state).toBe("open");
  const alone = governorOf(4).governor;
  for (let failure = 0; failure < 50; failure += 1) (await alone.acquire({ kind: "write", asked: "one" }))?.end(failed);
  expect(alone.throttle().state).toBe("open");
});

test("of an outage any good answer is the end, also to what was sent before it was noticed", async () => {
  const { governor } = governorOf(16);
  const slow = await take(governor);
  await answer(governor, ...times(10, failed));
  expect(governor.throttle().state).toBe("probing");
  slow.end(good);
  expect(governor.throttle()).toMatchObject({ state: "open", limit: 1 });
});

test("a limit on one user slows nobody else; one on the app halves what is under way, once for what was sent together", async () => {
  const { governor, clock } = governorOf(32);
  await answer(governor, ...times(8, limited(true)));
  expect(governor.limit).toBe(32);
  const together = [];
  for (let sent = 0; sent < 8; sent += 1) together.push(await take(governor));
  await clock.advance(5);
  for (const permit of together.slice(0, 1)) permit.end(limited(false));
  for (const permit of together.slice(1)) permit.end(good);
  expect(governor.limit).toBe(16);
});

test("limited on half of the last twenty answers, the whole app pauses", async () => {
  const { governor } = governorOf(32);
  for (let round = 0; round < 9; round += 1) await answer(governor, good, limited(true));
  expect(governor.throttle().state).toBe("open");
  await answer(governor, good, limited(true));
  expect(governor.throttle()).toMatchObject({ state: "paused", reason: "rate-limited", untilMs: 2_000 });
});

test("usage near the app's allowance caps the limit, for a minute", async () => {
  const { governor, clock } = governorOf(40);
  governor.usage(80);
  expect(governor.limit).toBe(40);
  governor.usage(90);
  expect(governor.limit).toBe(20);
  governor.usage(140);
  expect(governor.limit).toBe(1);
  await clock.advance(60_000);
  expect(governor.limit).toBe(40);
});

test("tells each change of its state once", async () => {
  const { governor, clock } = governorOf(2);
  const told: string[] = [];
  governor.onChange(({ state }: Throttle) => told.push(state));
  const [one, other] = [await take(governor), await take(governor)];
  one.end(refused(100));
  other.end(refused(100));
  await clock.advance(100);
  await answer(governor, failed);
  await clock.advance(1_000);
  await answer(governor, good, good);
  expect(told).toEqual(["paused", "probing", "open"]);
});
