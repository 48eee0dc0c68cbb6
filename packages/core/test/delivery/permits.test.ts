import { expect, test } from "vitest";
import { memoryStore } from "../../src/store/memory-store.ts";
import { world } from "./outbox-scene.ts";

const score = (target: string) => ({ kind: "submitScore", target, entry: { score: 5n }, force: false }) as const;

/** A memory store whose settlements wait until they are let through. */
function slowToSettle() {
  const store = memoryStore();
  const gate = Promise.withResolvers<void>();
  return { store: { ...store, settle: (batch) => gate.promise.then(() => store.settle(batch)) } as typeof store, gate };
}

test("a lane whose end is being written leaves its permit to the next one", async () => {
  const { store, gate } = slowToSettle();
  const w = await world({ store, concurrency: 1 });
  await w.accept(score("FIRST"));
  await w.accept(score("SECOND"));
  await w.clock.advance(0);
  expect(w.platform.writes.map(({ name }) => name)).toEqual(["FIRST", "SECOND"]);
  gate.resolve();
  await w.clock.advance(0);
  expect(w.counters.delivered).toBe(2);
});

test("a store that is slow to settle does not have ever more lanes out", async () => {
  const { store, gate } = slowToSettle();
  const w = await world({ store, concurrency: 2 });
  for (let board = 0; board < 20; board += 1) await w.accept(score(`BOARD_${board}`));
  await w.clock.advance(0);
  expect(w.platform.writes).toHaveLength(8);
  gate.resolve();
  await w.clock.advance(0);
  expect(w.platform.writes).toHaveLength(20);
  expect(w.counters.delivered).toBe(20);
});
