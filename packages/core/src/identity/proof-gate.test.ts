import { expect, test } from "vitest";
import { IdentityRefusedError } from "./identity-refused-error.ts";
import { DEFAULT_PROOF_LIMITS, ProofGate } from "./proof-gate.ts";
import { manualClock } from "../runtime/manual-clock.ts";

const limits = { mostPerMinute: 400, mostPerMinuteFromOne: 40, mostAtOnce: 8 };
const clock = manualClock();
const good = async (): Promise<string> => "in";
const wrong = async (): Promise<string> => {
  throw new IdentityRefusedError("token", "wrong");
};
/** How many of `times` reached the platform. */
async function reached(gate: ProofGate, from: string | undefined, ask: () => Promise<string>, times: number) {
  let asked = 0;
  for (let time = 0; time < times; time++)
    await gate.pass(from, () => (asked++, ask())).catch((error: unknown) => error);
  return asked;
}

test("good proofs of one address pass until its minute is used up, and others are not in the way", async () => {
  const gate = new ProofGate(limits, clock);
  expect(await reached(gate, "203.0.113.1", good, 100)).toBe(40);
  expect(await reached(gate, "203.0.113.2", good, 100)).toBe(40);
  await clock.advance(30_000);
  expect(await reached(gate, "203.0.113.1", good, 100)).toBe(20);
});

test("a guesser has two tries, then one every half minute, and says how long to wait", async () => {
  const gate = new ProofGate(limits, clock);
  expect(await reached(gate, "203.0.113.1", wrong, 100)).toBe(2);
  await expect(gate.pass("203.0.113.1", wrong)).rejects.toMatchObject({ code: "identity_busy", retryAfterMs: 1_500 });
  await clock.advance(30_000);
  expect(await reached(gate, "203.0.113.1", wrong, 100)).toBe(1);
});

test("guessers of many addresses share a quarter between them, and honest players pass", async () => {
  const gate = new ProofGate(limits, clock);
  const guess = async (): Promise<number> => {
    let asked = 0;
    for (let guesser = 0; guesser < 100; guesser++) asked += await reached(gate, `203.0.113.${guesser}`, wrong, 10);
    return asked;
  };
  // Each gets one; from then on they have 100 a minute between them, which is five more.
  const first = await guess();
  expect([first >= 100, first <= 105]).toEqual([true, true]);
  await clock.advance(60_000);
  expect(await guess()).toBe(0);
  await clock.advance(60_000);
  expect(await guess()).toBe(5);
  for (let player = 0; player < 10; player++) expect(await reached(gate, `198.51.100.${player}`, good, 30)).toBe(30);
});

test("a flood without addresses makes few calls, and who has an address passes all the while", async () => {
  const gate = new ProofGate({ ...DEFAULT_PROOF_LIMITS }, clock);
  const flood = Array.from({ length: 2_000 }, () => reached(gate, undefined, wrong, 1));
  const honest = reached(gate, "198.51.100.1", good, 1);
  const calls = (await Promise.all(flood)).reduce((sum, each) => sum + each, 0);
  expect(calls).toBeLessThanOrEqual(DEFAULT_PROOF_LIMITS.mostPerMinute / 20 + DEFAULT_PROOF_LIMITS.mostAtOnce);
  expect(calls).toBeGreaterThan(0);
  expect(await honest).toBe(1);
});

test("no more are under way than there are sockets, and none of them is one address's alone", async () => {
  const gate = new ProofGate(limits, clock);
  let [underWay, most] = [0, 0];
  const release: (() => void)[] = [];
  const slow = async (): Promise<string> => {
    most = Math.max(most, ++underWay);
    await new Promise<void>((resolve) => release.push(resolve));
    underWay--;
    return "in";
  };
  const crowd = Array.from({ length: 10 }, (_, player) => gate.pass(`203.0.113.${player}`, slow));
  const many = await Promise.allSettled(Array.from({ length: 3 }, () => gate.pass("198.51.100.1", good)).slice(2));
  expect(many).toEqual([{ status: "rejected", reason: expect.objectContaining({ code: "identity_busy" }) }]);
  for (let turn = 0; turn < 10; turn++) {
    await clock.advance(0);
    release.shift()?.();
  }
  expect(await Promise.all(crowd)).toEqual(Array.from({ length: 10 }, () => "in"));
  expect(most).toBe(8);
});
