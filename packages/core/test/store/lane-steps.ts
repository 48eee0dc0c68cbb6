import { expect } from "vitest";
import type { LaneSnapshot, TakenOver } from "../../src/store/lane-records.ts";
import type { Acceptance, Firing, Journal, LaneEnd, LaneStore, LeasedLane } from "../../src/store/lane-store.ts";
import { journalOf, QUIET_MS, T0 } from "./firings.ts";

export * from "./firings.ts";

/** Takes one promise of the suite: registers it as a test, or collects it. */
export type Check = (name: string, run: () => Promise<void>) => void;

/** A store of its own for each call, opened by incarnation "first" at T0. */
export type Fresh = (limits?: { readonly maxLanes: number }) => Promise<LaneStore>;

/** Opens as `incarnation`; a lane may lose its lease as often as it likes unless told otherwise. */
export function openAs(
  store: LaneStore,
  incarnation: string,
  now: number = T0,
  poisonAfter: number = Number.POSITIVE_INFINITY,
): Promise<TakenOver> {
  return store.open({ incarnation, now, quietMs: QUIET_MS, poisonAfter });
}

/** Accepts one report and expects it to be taken. */
export async function acceptAll(store: LaneStore, report: readonly Firing[]): Promise<readonly Acceptance[]> {
  const [answer, ...others] = await store.accept([report]);
  expect(others).toEqual([]);
  if (answer?.status !== "taken") throw new Error(`the report is ${JSON.stringify(answer)}`);
  return answer.firings;
}

export async function acceptOne(store: LaneStore, one: Firing): Promise<Acceptance | undefined> {
  const [acceptance, ...others] = await acceptAll(store, [one]);
  expect(others).toEqual([]);
  return acceptance;
}

/** Leases the only lane that is due. */
export async function leaseOne(store: LaneStore, now: number = T0): Promise<LeasedLane> {
  const lanes = await store.lease(10, now);
  expect(lanes).toHaveLength(1);
  return lanes[0] as LeasedLane;
}

export async function stageOne(store: LaneStore, lane: LeasedLane, details: Partial<Journal> = {}): Promise<void> {
  const journal = journalOf(lane, details);
  expect(await store.stage([{ lane: lane.id, leaseToken: lane.leaseToken, journal }])).toEqual([true]);
}

export async function endOne(store: LaneStore, lane: LeasedLane, end: LaneEnd, now: number = T0): Promise<void> {
  expect(await store.settle([{ lane: lane.id, leaseToken: lane.leaseToken, now, end }])).toEqual([true]);
}

/** Leases the only due lane and ends it. */
export async function leaseAndEnd(store: LaneStore, end: LaneEnd, now: number = T0): Promise<LeasedLane> {
  const lane = await leaseOne(store, now);
  await endOne(store, lane, end, now);
  return lane;
}

/** The only lane of the store. */
export async function onlyLane(store: LaneStore): Promise<LaneSnapshot> {
  const lanes = await store.inspect();
  expect(lanes).toHaveLength(1);
  return lanes[0] as LaneSnapshot;
}
