import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { remoteStore } from "./remote-store.ts";

const opening = { incarnation: "first", now: 0, quietMs: 0, poisonAfter: 5 };

/** A worker that answers everything with `undefined` until it is asked `ends`; then it does what is told. */
function worker(ends: string, does: string): () => Worker {
  const program = `
    const { parentPort } = require("node:worker_threads");
    parentPort.on("message", (calls) => {
      if (calls.some(({ verb }) => verb === "${ends}")) { ${does}; return; }
      parentPort.postMessage(calls.map(({ id }) => ({ id, ok: true, result: undefined })));
    });`;
  return () => new Worker(program, { eval: true });
}

it.each([
  ["exits", "process.exit(3)"],
  ["throws", "throw new Error('out of luck')"],
])("refuses every verb once its worker %s, those in flight included", async (_, does) => {
  const store = remoteStore(worker("owed", does));
  await store.open(opening);
  const asked = [store.owed(), store.accept([]), store.nextDue()];
  for (const one of asked) await expect(one).rejects.toMatchObject({ code: "store_unusable" });
  await expect(store.accept([])).rejects.toMatchObject({ code: "store_unusable", message: /worker thread ended/ });
  await expect(store.open(opening)).rejects.toMatchObject({ code: "store_unusable" });
  await store.close();
});

it("says that a worker which cannot start is unusable", async () => {
  const store = remoteStore(() => new Worker(new URL("file:///questline/no-such-worker.js")));
  await expect(store.open(opening)).rejects.toMatchObject({ code: "store_unusable" });
});

it("sends the calls of one tick as one message", async () => {
  const program = `
    const { parentPort } = require("node:worker_threads");
    parentPort.on("message", (calls) => parentPort.postMessage(calls.map(({ id }) => ({ id, ok: true, result: calls.length }))));`;
  const store = remoteStore(() => new Worker(program, { eval: true }));
  expect(await store.open(opening)).toBe(1);
  expect(await Promise.all([store.nextDue(), store.wake("1", "2", 3), store.nextDue()])).toEqual([3, 3, 3]);
  await store.close();
});

it("refuses a batch that cannot travel and goes on", async () => {
  const store = remoteStore(worker("never", ""));
  await store.open(opening);
  const settlement = { lane: "l", leaseToken: "t", now: () => 0, end: { type: "parked" } };
  await expect(store.settle([settlement as never])).rejects.toMatchObject({ code: "bad_input" });
  await expect(store.accept([[{} as never]])).rejects.toThrow(TypeError);
  expect(await store.nextDue()).toBeUndefined();
  await store.close();
});
