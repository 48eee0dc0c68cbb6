import { expect, test } from "vitest";
import type { Intent } from "../../src/intent/intent.ts";
import { sleep } from "../../src/runtime/clock.ts";
import { QUIET, world } from "./outbox-scene.ts";

const score = (value: bigint, force: boolean): Intent => ({
  kind: "submitScore",
  target: "BEST",
  entry: { score: value },
  force,
});
const refused = { outcome: { status: "rejected", reason: "refused-parameter" } } as const;

test("an older forced score that is requeued while a newer best one is being sent does not undo it", async () => {
  const w = await world();
  w.platform.scripts.push(refused);
  await w.accept(score(100n, true));
  await w.clock.advance(10);
  const { deliver } = w.platform;
  w.platform.deliver = async (write, signal) => {
    await sleep(w.clock, 1_000);
    return deliver(write, signal);
  };
  await w.accept(score(500n, false));
  await w.clock.advance(500);
  const [letter] = await w.store.deadLetters();
  await w.store.requeue(letter?.id ?? 0, w.clock.now());
  w.outbox.kick();
  await w.clock.advance(3 * QUIET);
  // forced(100), then best(500).
  expect(w.platform.scores.get("BEST")?.score).toBe(500n);
});

/** Two scores, both refused, in the order in which they were reported. */
async function bothDead(first: Intent, second: Intent) {
  const w = await world();
  w.platform.scripts.push(refused, refused);
  for (const intent of [first, second]) {
    await w.accept(intent);
    await w.clock.advance(10);
  }
  return { ...w, letters: await w.store.deadLetters() };
}

test.each([
  ["in the order they died", false],
  ["the newest first", true],
])("a forced score and a newer better one, both dead, requeued %s, leave what they say", async (_, reversed) => {
  const { letters, ...w } = await bothDead(score(100n, true), score(500n, false));
  const answers: boolean[] = [];
  for (const letter of reversed ? letters.toReversed() : letters) {
    answers.push(await w.store.requeue(letter.id, w.clock.now()));
  }
  w.outbox.kick();
  await w.clock.advance(3 * QUIET);
  expect({ answers, score: w.platform.scores.get("BEST")?.score }).toEqual({ answers: [true, true], score: 500n });
});

test("they do so, too, where the forced one is delivered before the newer one is requeued", async () => {
  const { letters, ...w } = await bothDead(score(100n, true), score(500n, false));
  const answers: boolean[] = [];
  for (const letter of letters) {
    answers.push(await w.store.requeue(letter.id, w.clock.now()));
    w.outbox.kick();
    await w.clock.advance(2 * QUIET);
  }
  expect({ answers, score: w.platform.scores.get("BEST")?.score }).toEqual({ answers: [true, true], score: 500n });
});

test("two forced scores, both dead, requeued in the order they died: the newer one stands", async () => {
  const { letters, ...w } = await bothDead(score(100n, true), score(50n, true));
  for (const letter of letters) await w.store.requeue(letter.id, w.clock.now());
  w.outbox.kick();
  await w.clock.advance(3 * QUIET);
  expect(w.platform.scores.get("BEST")?.score).toBe(50n);
});
