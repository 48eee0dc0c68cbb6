import { expect } from "vitest";
import type { AttemptRecord } from "../../src/store/lane-records.ts";
import type { LaneEnd, LaneStore, LeasedLane } from "../../src/store/lane-store.ts";
import {
  acceptAll,
  acceptOne,
  APP,
  count,
  delivered,
  endOne,
  firing,
  forced,
  HOUR,
  journalOf,
  leaseAndEnd,
  leaseOne,
  onlyLane,
  openAs,
  parked,
  refused,
  released,
  stageOne,
  T0,
  unlock,
  USER,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

const announcing = { type: "settled", how: "delivered", announce: true } as const;
const progress = { count: 7n, unlocked: false, at: T0 };

const tried = (at: number, details: Partial<AttemptRecord> = {}): AttemptRecord => ({
  startedAt: T0 + at,
  endedAt: T0 + at + 5,
  status: "retryable",
  ...details,
});

async function endWith(store: LaneStore, end: LaneEnd, attempt: AttemptRecord, now: number = T0): Promise<string> {
  const lane = await leaseOne(store, now);
  expect(await store.settle([{ lane: lane.id, leaseToken: lane.leaseToken, now, end, attempt }])).toEqual([true]);
  return lane.id;
}

export function progressSuite(it: Check, fresh: Fresh): void {
  it("keeps the tries of a value with its lane until it is final, and the last one with its record", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const first = tried(1, { reason: "rate-limited", detail: "wait" });
    const second = tried(2, { status: "ambiguous", reason: "no-answer" });
    const last = tried(3, { status: "delivered" });
    await endWith(store, released(), first);
    await endWith(store, parked, second);
    expect(await onlyLane(store)).toMatchObject({ state: "parked", history: [first, second] });
    await store.wake(APP, USER, T0);
    const lane = await endWith(store, delivered, last);
    expect(await store.ended(lane, 1)).toMatchObject({ how: "delivered", last });
    expect((await onlyLane(store)).history).toEqual([]);
    await acceptOne(store, firing(count(1n)));
    await leaseAndEnd(store, delivered);
    expect(await store.ended(lane, 2)).not.toHaveProperty("last");
  });

  it("gives a dead letter the last twenty tries, oldest first", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    for (let at = 0; at < 23; at += 1) await endWith(store, released(), tried(at));
    expect((await onlyLane(store)).history.map(({ startedAt }) => startedAt - T0)).toEqual(
      Array.from({ length: 20 }, (_, at) => at + 3),
    );
    const end = tried(23, { status: "rejected", reason: "refused-parameter", detail: "no (100)" });
    const lane = await endWith(store, refused, end);
    const [letter] = await store.deadLetters();
    expect(letter?.history).toHaveLength(20);
    expect([letter?.history[0], letter?.history.at(-1)]).toEqual([tried(4), end]);
    expect(await store.ended(lane, 1)).toMatchObject({ last: end });
    expect((await onlyLane(store)).history).toEqual([]);
  });

  it("announces an unlock once per epoch until it is acknowledged", async () => {
    const store = await fresh();
    await acceptOne(store, firing(unlock()));
    await leaseAndEnd(store, announcing, T0 + 3);
    const first = { id: "WINS:0", achievement: "WINS", at: T0 + 3 };
    expect(await store.announcements(APP, USER)).toEqual([first]);
    await acceptOne(store, firing(unlock()));
    await leaseAndEnd(store, announcing, T0 + 9);
    expect(await store.announcements(APP, USER)).toEqual([first]);
    expect(await store.announcements(APP, "7002")).toEqual([]);
    expect(await store.acknowledge(APP, "7002", ["WINS:0"])).toBe(0);
    expect(await store.acknowledge(APP, USER, ["WINS:0", "WINS:0", "WINS:1", "NONE:0"])).toBe(1);
    expect(await store.acknowledge(APP, USER, ["WINS:0"])).toBe(0);
    await acceptOne(store, firing(unlock()));
    await leaseAndEnd(store, announcing, T0 + 10);
    expect(await store.announcements(APP, USER)).toEqual([]);
  });

  it("announces again in a new epoch, and keeps what nobody acknowledged, oldest first", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(unlock()), firing(unlock("FIRST"), { dueAt: T0 + 1 })]);
    await leaseAndEnd(store, announcing, T0);
    await leaseAndEnd(store, announcing, T0 + 1);
    await acceptOne(store, firing(unlock()));
    await leaseAndEnd(store, { ...announcing, newEpoch: true }, T0 + 2);
    await acceptOne(store, firing(unlock()));
    expect((await leaseOne(store)).epoch).toBe(1);
    const ids = async (): Promise<string[]> => (await store.announcements(APP, USER)).map(({ id }) => id);
    expect(await ids()).toEqual(["WINS:0", "FIRST:0", "WINS:1"]);
    expect(await store.acknowledge(APP, USER, ["WINS:0", "FIRST:0"])).toBe(2);
    expect(await ids()).toEqual(["WINS:1"]);
    await openAs(store, "second");
    expect(await ids()).toEqual(["WINS:1"]);
  });

  type Renewing = Exclude<LaneEnd, { readonly type: "in-doubt" | "parked" | "abandoned" }>;
  const renewing: readonly (readonly [string, Renewing])[] = [
    ["settles", { type: "settled", how: "verdict" }],
    ["releases", released()],
    ["dies", { type: "dead", reason: "reset-seen", maybeApplied: true }],
  ];
  for (const [what, end] of renewing) {
    it(`begins a new epoch where a lane ${what} with one, with the baseline it brings or none`, async () => {
      const store = await fresh();
      const next = async (): Promise<LeasedLane> => {
        await acceptOne(store, firing(count(1n)));
        return leaseOne(store);
      };
      await endOne(store, await next(), { ...end, progress });
      await endOne(store, await next(), { ...end, newEpoch: true, progress: { ...progress, count: 1n } });
      const lane = await next();
      expect(lane).toMatchObject({ epoch: 1, progress: { count: 1n } });
      await endOne(store, lane, { ...end, newEpoch: true });
      const last = await next();
      expect(last.epoch).toBe(2);
      expect(last.progress).toBeUndefined();
    });
  }

  it("forgets a user's progress at once, where a journal is open only when it closes", async () => {
    const store = await fresh();
    const targets = ["IDLE", "LEASED", "STAGED", "DOUBT"];
    const known: LaneEnd = { type: "settled", how: "delivered", progress };
    await acceptAll(
      store,
      targets.map((target) => firing(count(1n, target))),
    );
    for (const lane of await store.lease(10, T0)) await endOne(store, lane, known);
    await acceptAll(store, [firing(count(1n), { user: "7002" }), firing(forced(1n))]);
    for (const lane of await store.lease(10, T0)) await endOne(store, lane, known);
    await acceptAll(
      store,
      targets.slice(1).map((target) => firing(count(1n, target))),
    );
    const held = new Map((await store.lease(10, T0)).map((lane) => [lane.key.target.name, lane]));
    const holding = (name: string) => held.get(name) ?? expect.fail(`${name} is due`);
    for (const name of ["STAGED", "DOUBT"]) await stageOne(store, holding(name), { count: 7n });
    const doubt = { type: "in-doubt", journal: journalOf(holding("DOUBT"), { count: 7n }), dueAt: T0 } as const;
    await endOne(store, holding("DOUBT"), doubt);
    expect(await store.forgetProgress(APP, USER)).toBe(2);
    const known_ = async (): Promise<string[]> =>
      (await store.inspect()).filter((lane) => lane.progress !== undefined).map(({ key }) => key.target.name);
    expect(await known_()).toEqual(["DOUBT", "STAGED", "TIMES", "WINS"]);
    const verdict = await leaseOne(store);
    expect(verdict).toMatchObject({ progress, journal: { count: 7n, epoch: 0 } });
    await endOne(store, verdict, { type: "settled", how: "verdict", progress });
    // What these two bring was read, or counted up, from before.
    for (const name of ["STAGED", "LEASED"]) await endOne(store, holding(name), known);
    expect(await known_()).toEqual(["TIMES", "WINS"]);
    await acceptAll(
      store,
      targets.map((target) => firing(count(1n, target))),
    );
    for (const lane of await store.lease(10, T0 + HOUR)) {
      expect(lane.epoch).toBeGreaterThan(0);
      await endOne(store, lane, known);
    }
    expect(await known_()).toEqual(["DOUBT", "IDLE", "LEASED", "STAGED", "TIMES", "WINS"]);
  });

  it("forgets with the journal that a take-over closes", async () => {
    const store = await fresh();
    await acceptOne(store, firing(unlock()));
    await leaseAndEnd(store, { ...released(), progress });
    await stageOne(store, await leaseOne(store));
    expect(await store.forgetProgress(APP, USER)).toBe(0);
    await openAs(store, "second");
    const lane = await leaseOne(store);
    expect(lane).toMatchObject({ epoch: 1, sentWhileLocked: true });
    expect(lane.progress).toBeUndefined();
  });
}
