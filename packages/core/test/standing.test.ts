import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { createQuestline } from "../src/create-questline.ts";
import { count } from "../src/catalogue/definitions.ts";
import { each } from "../src/catalogue/events.ts";
import { systemClock } from "../src/runtime/clock.ts";
import type { Logger } from "../src/runtime/log.ts";
import type { LaneStore } from "../src/store/lane-store.ts";
import { memoryStore } from "../src/store/memory-store.ts";
import { remoteStore } from "../src/store/remote-store.ts";

const USER = "80000000000000001";

function game(store: LaneStore) {
  const errors: string[] = [];
  const ignore = (): void => {};
  const logger: Logger = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (fields, message) => void errors.push(`${message} ${JSON.stringify(fields)}`),
  };
  const questline = createQuestline({
    app: { id: "1", secret: "test-secret" },
    store,
    graph: { baseUrl: "http://127.0.0.1:1" },
    logger,
    clock: { ...systemClock },
    delivery: { windowMs: 60_000 },
    achievements: { KILLS: count(100) },
    events: { kill: each<object>() },
    rules: { kill: ({ addCount }) => [addCount("KILLS", 1)] },
  });
  return { questline, errors };
}

/** A store's thread over no file: it takes every report, leases nothing, and ends when it is asked for dead letters. */
const mortalStore = (): LaneStore =>
  remoteStore(
    () =>
      new Worker(
        `const { parentPort } = require("node:worker_threads");
         const owed = { pending: 3, inFlight: 0, inDoubt: 0, parked: 0, dead: 0 };
         const taken = (reports) => reports.map((firings) => ({ status: "taken", firings: firings.map((_, seq) => ({ status: "accepted", seq, merged: false })) }));
         const answers = { open: () => ({ released: 0, inDoubt: 0, poisoned: 0, ended: [] }), owed: () => owed, lease: () => [], accept: taken };
         parentPort.on("message", (calls) => {
           if (calls.some(({ verb }) => verb === "deadLetters")) process.exit(5);
           parentPort.postMessage(calls.map(({ id, verb, args }) => ({ id, ok: true, result: answers[verb]?.(...args) })));
         });`,
        { eval: true },
      ),
  );

it("says once, and to whoever waits, that its store's thread has ended", async () => {
  const { questline, errors } = game(mortalStore());
  await questline.ready;
  const receipt = questline.match("m-1").report(USER, "kill", {}, { id: "k-1" });
  expect(await receipt.durable).toEqual({ status: "accepted" });
  expect(await questline.owed()).toMatchObject({ owed: 3 });
  const flushing = questline.flush().catch((error: unknown) => error);
  const asked = questline.deadLetters.list().catch((error: unknown) => error);

  const failure = await questline.failed;
  expect(failure).toMatchObject({ code: "store_unusable", message: expect.stringContaining("exit code 5") });
  expect(questline.health()).toEqual({ status: "failed", restarts: 0, error: failure });
  expect(errors.filter((error) => error.includes("cannot go on"))).toHaveLength(1);
  expect([await flushing, await asked]).toEqual([failure, failure]);
  expect(await receipt.settled).toMatchObject([{ status: "owed" }]);
  expect(await questline.match("m-1").report(USER, "kill", {}, { id: "k-2" }).durable).toEqual({
    status: "refused",
    reason: failure.message,
  });
  expect(await questline.close()).toEqual({
    pending: 3,
    inFlight: 0,
    inDoubt: 0,
    parked: 0,
    dead: 0,
    owed: 3,
    problem: expect.stringContaining("exit code 5"),
  });
});

it("says that a store cannot be opened, and closes all the same", async () => {
  const full = new Error("no room");
  const { questline, errors } = game({ ...memoryStore(), open: () => Promise.reject(full) });
  expect(questline.health()).toEqual({ status: "opening", restarts: 0 });
  await expect(questline.ready).rejects.toBe(full);
  const failure = await questline.failed;
  expect(failure).toMatchObject({ code: "store_unusable", cause: full });
  expect(questline.health()).toEqual({ status: "failed", restarts: 0, error: failure });
  expect(errors).toEqual([expect.stringContaining("could not start")]);
  expect(await questline.close()).toMatchObject({ owed: 0, problem: expect.stringContaining("no room") });
});

it("stands while nothing fails, and is closed after that", async () => {
  const { questline, errors } = game(memoryStore());
  await questline.ready;
  expect(questline.health()).toEqual({ status: "running", restarts: 0 });
  const owed = await questline.close();
  expect(owed).not.toHaveProperty("problem");
  expect(questline.health()).toEqual({ status: "closed", restarts: 0 });
  expect(errors).toEqual([]);
});
