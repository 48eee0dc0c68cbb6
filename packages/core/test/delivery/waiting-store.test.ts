import { expect, it } from "vitest";
import { count } from "../../src/catalogue/definitions.ts";
import { each } from "../../src/catalogue/events.ts";
import { createQuestline } from "../../src/create-questline.ts";
import { QuestlineError } from "../../src/errors/questline-error.ts";
import type { Logger } from "../../src/runtime/log.ts";
import { manualClock } from "../../src/runtime/manual-clock.ts";
import { memoryStore } from "../../src/store/memory-store.ts";
import { NotYet } from "../../src/store/not-yet.ts";

const USER = "80000000000000001";
const HOLDER = `process 7 on "game-1"`;
const held = () => new NotYet("store_locked", "The file is held.", { holder: HOLDER });

/** A game over a store that cannot be opened for the reason in `world.reason`. */
function scene(reason: Error | undefined, maxQueued = 100) {
  const clock = manualClock();
  const said: string[] = [];
  const hear = (level: string) => (fields: object, message: string) => {
    if (!message.startsWith("The platform's")) said.push(`${level}: ${message} ${JSON.stringify(fields)}`);
  };
  const logger: Logger = { debug: () => {}, info: hear("info"), warn: hear("warn"), error: hear("error") };
  const world = { reason, tries: 0, displaced: undefined as Error | undefined };
  const memory = memoryStore();
  const questline = createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: {
      ...memory,
      async open(taking) {
        world.tries += 1;
        if (world.reason !== undefined) throw world.reason;
        return memory.open(taking);
      },
      async stands() {
        if (world.displaced !== undefined) throw world.displaced;
      },
    },
    graph: { baseUrl: "http://127.0.0.1:1" },
    logger,
    clock,
    delivery: { windowMs: 60_000_000, maxQueued },
    achievements: { KILLS: count(100) },
    events: { kill: each<object>() },
    rules: { kill: ({ addCount }) => [addCount("KILLS", 1)] },
  });
  const told: string[] = [];
  const report = (id: string): void => {
    const { durable } = questline.match("m-1").report(USER, "kill", {}, { id });
    void durable.then((end) => told.push(`${id} ${end.status}${"reason" in end ? `: ${end.reason}` : ""}`));
  };
  return { questline, clock, world, said, told, report };
}

it("waits for a file that is held, says so once, and keeps what was reported as soon as it opens", async () => {
  const { questline, clock, world, said, told, report } = scene(held());
  report("k-1");
  await clock.advance(0);
  expect(questline.health()).toEqual({
    status: "waiting",
    restarts: 0,
    problem: "The file is held.",
    since: 1_700_000_000_000,
    holder: HOLDER,
  });
  await clock.advance(30_000);
  report("k-2");
  await clock.advance(0);
  expect({ told, failed: said.filter((line) => line.startsWith("error")) }).toEqual({ told: [], failed: [] });
  world.reason = undefined;
  await clock.advance(500);
  await questline.ready;
  await clock.advance(10);
  expect(told).toEqual(["k-1 accepted", "k-2 accepted"]);
  expect(questline.health()).toEqual({ status: "running", restarts: 0 });
  expect(said).toEqual([
    `warn: The file is held. It is tried again until it opens; reports wait in memory meanwhile. {"holder":"process 7 on \\"game-1\\""}`,
    expect.stringMatching(/^info: The store is open; .*"waitedMs":30/),
  ]);
});

it("says when the reason becomes another one, and counts from the first", async () => {
  const { questline, clock, world, said } = scene(new NotYet("store_unusable", "Its directory does not exist."));
  await clock.advance(1_000);
  world.reason = held();
  await clock.advance(1_000);
  expect(questline.health()).toMatchObject({ problem: "The file is held.", since: 1_700_000_000_000 });
  expect(said.map((line) => line.slice(0, line.indexOf(".")))).toEqual([
    "error: Its directory does not exist",
    "warn: The file is held",
  ]);
});

it("refuses what is more than may wait, and says why, once", async () => {
  const { clock, world, said, told, report } = scene(held(), 2);
  for (const id of ["k-1", "k-2", "k-3", "k-4", "k-5"]) report(id);
  await clock.advance(0);
  const why = "As many results as may (delivery.maxQueued, 2) wait for the store already. ";
  expect(told).toEqual([
    expect.stringContaining(`k-3 refused: ${why}`),
    expect.stringContaining("k-4 refused"),
    expect.stringContaining("k-5 refused"),
  ]);
  await clock.advance(1_000);
  report("k-6");
  await clock.advance(0);
  expect(told.at(-1)).toBe(`k-6 refused: ${why}The file is held.`);
  expect(said.filter((line) => line.includes("could not be kept"))).toHaveLength(2);
  world.reason = undefined;
  await clock.advance(500);
  expect(told.slice(-2)).toEqual(["k-1 accepted", "k-2 accepted"]);
  expect(said.at(-1)).toBe(`info: Reports are kept again. {"reports":4}`);
});

it("closes promptly while it waits, and refuses what was held with the reason", async () => {
  const { questline, clock, world, told, report } = scene(held());
  report("k-1");
  await clock.advance(1_000);
  const { tries } = world;
  const debts = await questline.close({ timeoutMs: 60_000 });
  const why = "Questline was closed before its store could be opened: The file is held.";
  expect(debts).toMatchObject({ owed: 0, problem: expect.stringContaining(why) });
  await expect(questline.ready).rejects.toMatchObject({ code: "closed", message: why });
  await clock.advance(10_000);
  expect(told).toEqual([`k-1 refused: ${why}`]);
  expect(questline.health()).toEqual({ status: "closed", restarts: 0 });
  expect(world.tries).toBe(tries + 1);
});

it("keeps what was held where the file is free as it closes", async () => {
  const { questline, clock, world, told, report } = scene(held());
  report("k-1");
  await clock.advance(1_000);
  world.reason = undefined;
  const closing = questline.close({ timeoutMs: 0 });
  await clock.advance(2_000);
  expect(await closing).toMatchObject({ owed: 1 });
  expect(told).toEqual(["k-1 accepted"]);
});

it("fails for good where the reason will not pass", async () => {
  const newer = new QuestlineError("store_newer", "Written by a newer version.");
  const { questline, clock, world, told, report } = scene(newer);
  report("k-1");
  await expect(questline.ready).rejects.toBe(newer);
  await clock.advance(60_000);
  expect(questline.health()).toEqual({ status: "failed", restarts: 0, error: newer });
  expect({ told, tries: world.tries }).toEqual({ told: ["k-1 refused: Written by a newer version."], tries: 1 });
});

it("notices without any result that its file was lost, says it once, and once that it is back", async () => {
  const { questline, clock, world, said } = scene(undefined);
  await clock.advance(60_000);
  expect({ said, health: questline.health() }).toEqual({ said: [], health: { status: "running", restarts: 0 } });
  world.displaced = new QuestlineError("store_unusable", "It was moved.");
  await clock.advance(60_000);
  expect(questline.health()).toMatchObject({ status: "running", problem: "It was moved." });
  expect(said).toEqual([expect.stringMatching(/^error: The store has lost its file.*It was moved/)]);
  world.displaced = undefined;
  await clock.advance(60_000);
  expect(questline.health()).toEqual({ status: "running", restarts: 0 });
  expect(said.slice(1)).toEqual(["info: The store works again. {}"]);
});
