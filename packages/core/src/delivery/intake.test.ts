import { expect, test } from "vitest";
import { manualClock } from "../runtime/manual-clock.ts";
import { count, firing } from "../../test/store/lane-steps.ts";
import type { LaneStore, ReportAcceptance } from "../store/lane-store.ts";
import { Beat } from "./beat.ts";
import { Intake } from "./intake.ts";
import type { Taken } from "./intake.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));
const dueAt = (at: number) => [{ ...firing(count(1n)), dueAt: at }];

/** An intake over a store that answers `taken` until told otherwise. */
function scene(maxQueued = 10) {
  const batches: number[] = [];
  const due: number[] = [];
  const told: (readonly [string, Taken])[] = [];
  const world = { accept: undefined as LaneStore["accept"] | undefined };
  const accept: LaneStore["accept"] = async (reports) => {
    batches.push(reports.length);
    const taken: ReportAcceptance = { status: "taken", firings: [] };
    return (await world.accept?.(reports)) ?? reports.map(() => taken);
  };
  const clock = manualClock();
  const intake = new Intake({
    store: { accept } as LaneStore,
    clock,
    beat: new Beat({ clock, everyMs: 0, most: 1 }),
    maxQueued,
    onDue: (at) => due.push(at),
  });
  const take = (name: string, at = 5): void => intake.take(dueAt(at), (taken) => told.push([name, taken]));
  return { intake, take, batches, due, told, world };
}

test("what comes before the store is open waits for it and is written in order, together", async () => {
  const { intake, take, batches, due, told } = scene();
  take("first", 9);
  take("second", 3);
  await turn();
  expect(batches).toEqual([]);
  intake.open();
  take("third", 7);
  await intake.empty();
  expect(batches).toEqual([3]);
  expect(told.map(([name, { status }]) => [name, status])).toEqual([
    ["first", "taken"],
    ["second", "taken"],
    ["third", "taken"],
  ]);
  expect(due).toEqual([3]);
});

test("a store that does not open refuses what waited for it, and all that follows", async () => {
  const { intake, take, told } = scene();
  take("before");
  intake.fail(new Error("no such directory"));
  take("after");
  const refused = { status: "refused", reason: "no such directory" };
  expect(told).toEqual([
    ["before", refused],
    ["after", refused],
  ]);
  await intake.empty();
});

test("a write that fails refuses its batch and no other", async () => {
  const { intake, take, told, due, world } = scene();
  intake.open();
  world.accept = () => Promise.reject(new Error("disk gone"));
  take("lost");
  await intake.empty();
  world.accept = undefined;
  take("kept");
  await intake.empty();
  expect(told).toEqual([
    ["lost", { status: "refused", reason: "disk gone" }],
    ["kept", { status: "taken", firings: [] }],
  ]);
  expect(due).toEqual([5]);
});

test("beyond its bound it refuses at once; one that throws when told keeps nobody waiting", async () => {
  const { intake, take, told } = scene(2);
  intake.open();
  intake.take(dueAt(5), () => {
    throw new Error("a logger of the game");
  });
  take("fits");
  take("too many");
  expect(told.map(([name, { status }]) => [name, status])).toEqual([["too many", "refused"]]);
  await intake.empty();
  take("later");
  await intake.empty();
  expect(told.map(([name, { status }]) => [name, status]).slice(1)).toEqual([
    ["fits", "taken"],
    ["later", "taken"],
  ]);
});

test("reports are told in the order in which they came, also where their batches overlap", async () => {
  const { intake, take, told } = scene(1_000);
  intake.open();
  for (let n = 0; n < 150; n += 1) take(`early ${n}`);
  await turn();
  for (let n = 0; n < 3; n += 1) take(`late ${n}`);
  await intake.empty();
  const order = told.map(([name]) => name);
  expect(order.slice(0, 150)).toEqual(Array.from({ length: 150 }, (_, n) => `early ${n}`));
  expect(order.slice(150)).toEqual(["late 0", "late 1", "late 2"]);
});

test("reports are told in the order in which they came, also where an earlier batch is answered after a later one", async () => {
  const { intake, take, told, world } = scene();
  const answers: (() => void)[] = [];
  const taken: ReportAcceptance = { status: "taken", firings: [] };
  world.accept = (reports) => new Promise((resolve) => void answers.push(() => resolve(reports.map(() => taken))));
  intake.open();
  take("first");
  await turn();
  take("second");
  await turn();
  answers[1]?.();
  await turn();
  expect(told).toEqual([]);
  answers[0]?.();
  await intake.empty();
  expect(told.map(([name]) => name)).toEqual(["first", "second"]);
});

test("a burst travels in batches of a thousand, two under way, however large it is, and is told in order", async () => {
  const { intake, take, told, batches, world } = scene(10_000);
  const answers: (() => void)[] = [];
  const taken: ReportAcceptance = { status: "taken", firings: [] };
  world.accept = (reports) => new Promise((resolve) => void answers.push(() => resolve(reports.map(() => taken))));
  intake.open();
  for (let n = 0; n < 4_500; n += 1) take(String(n));
  await turn();
  expect(batches).toEqual([1_000, 1_000]);
  while (told.length < 4_500) {
    expect(answers.length).toBeLessThanOrEqual(2);
    answers.shift()?.();
    await turn();
  }
  expect(batches).toEqual([1_000, 1_000, 1_000, 1_000, 500]);
  expect(told.map(([name]) => Number(name))).toEqual(Array.from({ length: 4_500 }, (_, n) => n));
});
