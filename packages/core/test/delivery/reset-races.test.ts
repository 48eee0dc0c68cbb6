import { expect, test } from "vitest";
import { NoAnswerError } from "../../src/errors/unanswered-errors.ts";
import { deliveryPolicy } from "../../src/delivery/policy.ts";
import type { GraphCalls } from "../../src/graph/graph-client.ts";
import { markProgressChanges } from "../../src/progress-changes.ts";
import { ProgressHolds } from "../../src/progress-holds.ts";
import { sleep } from "../../src/runtime/clock.ts";
import { silentLogger } from "../../src/runtime/log.ts";
import { add, QUIET, USER, world } from "./outbox-scene.ts";

type World = Awaited<ReturnType<typeof world>>;

function callsOf(w: World, script: { removeAll: (() => Promise<unknown>)[] }): GraphCalls {
  const calls = {
    achievements: {
      removeAll: async () => (await script.removeAll.shift()?.()) ?? { success: true },
      write: async () => ({ justUnlocked: false }),
    },
  } as unknown as GraphCalls;
  return markProgressChanges(calls, {
    app: "1",
    ready: Promise.resolve(),
    outbox: w.outbox,
    policy: deliveryPolicy({}),
    logger: silentLogger,
    holds: new ProgressHolds(w.clock),
  });
}

const reset = (w: World): void => {
  Object.assign(w.platform.state("KILLS"), { count: 0n, unlocked: false });
};

test("a count in the air while removeAll goes through us takes effect once", async () => {
  const w = await world();
  await w.accept(add(5n));
  await w.clock.advance(3 * QUIET);
  w.platform.scripts.push({ effectAfterMs: 3_000 });
  await w.accept(add(5n));
  await w.clock.advance(10);
  // After the reset it takes effect: 0 + 5.
  const graph = callsOf(w, { removeAll: [async () => reset(w)] });
  await graph.achievements.removeAll(USER);
  expect(w.platform.state("KILLS").count).toBe(0n);
  await w.clock.advance(3_000);
  expect(w.platform.state("KILLS").count).toBe(5n);
  await w.clock.advance(20 * QUIET);
  expect(w.platform.state("KILLS").count).toBe(5n);
});

test("nothing of the player's leaves while removeAll is under way, also what was staged before", async () => {
  const w = await world({ concurrency: 1 });
  for (const name of ["KILLS", "WINS"]) await w.accept(add(5n, name));
  await w.clock.advance(3 * QUIET);
  const { deliver } = w.platform;
  const sent: { name: string; at: number }[] = [];
  w.platform.deliver = async (write, signal) => {
    sent.push({ name: write.name, at: w.clock.now() });
    await sleep(w.clock, 4_000);
    return deliver(write, signal);
  };
  const start = w.clock.now();
  for (const name of ["KILLS", "WINS"]) await w.accept(add(5n, name));
  await w.clock.advance(1_000);
  expect(sent).toHaveLength(1);
  // The mark that markProgressChanges makes before the call is sent.
  await w.outbox.forgetProgress("1", USER, 120_000);
  await w.clock.advance(60_000);
  expect(sent.map(({ name, at }) => [name, at - start])).toHaveLength(1);
});

test("as B, and its answer is lost: it counts once", async () => {
  const w = await world({ concurrency: 1 });
  for (const name of ["OTHER", "KILLS"]) await w.accept(add(5n, name));
  await w.clock.advance(3 * QUIET);
  const { deliver } = w.platform;
  w.platform.deliver = async (write, signal) => {
    await sleep(w.clock, 4_000);
    return deliver(write, signal);
  };
  for (const name of ["OTHER", "KILLS"]) await w.accept(add(5n, name));
  await w.clock.advance(1_000);
  const graph = callsOf(w, { removeAll: [async () => reset(w)] });
  await graph.achievements.removeAll(USER);
  w.platform.scripts.push("answer", "lost-after-effect");
  await w.clock.advance(20 * QUIET);
  expect(w.platform.state("KILLS").count).toBe(5n);
});

test("the end of another call does not end the hold of a removeAll that may still land", async () => {
  const w = await world();
  await w.accept(add(5n));
  await w.clock.advance(3 * QUIET);
  let landed = false;
  const graph = callsOf(w, {
    removeAll: [
      async () => {
        w.clock.after(5_000, () => {
          reset(w);
          landed = true;
        });
        throw new NoAnswerError("no answer", {
          operation: "x",
          applied: "maybe",
          transient: true,
          retryable: false,
        } as never);
      },
    ],
  });
  await expect(graph.achievements.removeAll(USER)).rejects.toMatchObject({ applied: "maybe" });
  await w.clock.advance(1_000);
  await graph.achievements.write({ userId: USER, apiName: "OTHER" } as never);
  // Its journal says 5; the reset comes after its baseline was read, then its effect, and its answer is lost.
  w.platform.scripts.push({ effectAfterMs: 10_000 });
  await w.accept(add(5n));
  await w.clock.advance(1_000);
  expect(landed).toBe(false);
  await w.clock.advance(20 * QUIET);
  expect(w.platform.state("KILLS").count).toBe(5n);
});

test("a count whose verdict is being read as a reset goes through us is not taken for unsent", async () => {
  const w = await world();
  await w.accept(add(5n));
  await w.clock.advance(3 * QUIET);
  w.platform.scripts.push("lost-after-effect");
  await w.accept(add(5n));
  const { readOne } = w.platform;
  let reads = 0;
  w.platform.readOne = async (user, name, signal) => {
    reads += 1;
    // The second look, which would settle it: the reset comes as it is under way, and something of 5 after it.
    if (reads === 2) {
      await callsOf(w, { removeAll: [async () => reset(w)] }).achievements.removeAll(USER);
      w.platform.state("KILLS").count = 5n;
    } else w.platform.state("KILLS").count = 5n;
    return readOne(user, name, signal);
  };
  await w.clock.advance(20 * QUIET);
  expect(w.platform.writes).toHaveLength(2);
  expect(await w.outbox.owed()).toMatchObject({ inDoubt: 0, dead: 1 });
  expect(await w.store.deadLetters()).toMatchObject([{ reason: "reset-seen", maybeApplied: true }]);
});
