import { statSync } from "node:fs";
import { expect, it } from "vitest";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { sqliteStore } from "../../src/store/sqlite-store.ts";
import { best, delivered, firing, journalOf, openAs, T0 } from "./lane-steps.ts";
import { temporaryFiles } from "./temporary-directory.ts";

const nextPath = temporaryFiles();
const MAX_BYTES = 2 * 1024 * 1024;
const extra = "A".repeat(2_000);

it.each([
  [{ maxBytes: 1024 }, /maxBytes must be a whole number from 1048576/],
  [{ maxBytes: 2e6 + 0.5 }, /maxBytes/],
  [{ maxLanes: 0 }, /maxLanes must be a whole number from 1/],
  [{ maxLanes: Number.NaN }, /maxLanes/],
])("refuses the limits %j", (limits, message) => {
  expect(() => sqliteStore("lanes.db", limits)).toThrow(
    expect.objectContaining({ code: "bad_input", message: expect.stringMatching(message) }),
  );
});

async function opened(path: string, maxBytes?: number): Promise<LaneStore> {
  const store = sqliteStore(path, maxBytes === undefined ? {} : { maxBytes });
  await openAs(store, "first");
  return store;
}

const scoreOf = (user: number) => {
  const once = { match: "m", event: "e", occurrence: "", rule: "r" };
  return firing(best(1n, extra), { user: String(1_000 + user), once });
};

/** Accepts one report per transaction until one is refused; answers how many it took, and the refusal. */
async function fill(store: LaneStore): Promise<{ readonly taken: number; readonly refused: unknown }> {
  for (let taken = 0; taken < 10_000; taken += 1) {
    const [answer] = await store.accept([[scoreOf(taken)]]);
    if (answer?.status !== "taken") return { taken, refused: answer };
  }
  return expect.fail("the store never filled");
}

it("refuses reports once its file is nearly as large as it may grow, and delivers all it holds", async () => {
  const path = nextPath();
  const store = await opened(path, MAX_BYTES);
  const { taken, refused } = await fill(store);
  expect(refused).toMatchObject({ status: "refused", reason: "full", detail: expect.stringContaining("maxBytes") });
  expect(taken).toBeGreaterThan(300);
  expect(await store.accept([[scoreOf(0)], [scoreOf(taken)], [scoreOf(1), scoreOf(2)]])).toMatchObject([
    { status: "taken", firings: [{ status: "duplicate" }] },
    { status: "refused", reason: "full" },
    { status: "taken", firings: [{ status: "duplicate" }, { status: "duplicate" }] },
  ]);
  let settled = 0;
  for (;;) {
    const lanes = await store.lease(50, T0);
    if (lanes.length === 0) break;
    const leases = lanes.map((lane) => ({ lane: lane.id, leaseToken: lane.leaseToken }));
    const journals = lanes.map((lane) => journalOf(lane, { n: 0n }));
    const stagings = leases.map((lease, index) => ({ ...lease, journal: journals[index] ?? expect.fail() }));
    expect(await store.stage(stagings)).not.toContain(false);
    expect(await store.settle(leases.map((lease) => ({ ...lease, now: T0, end: delivered })))).not.toContain(false);
    settled += lanes.length;
  }
  expect(settled).toBe(taken);
  // What was settled left its room.
  expect(await store.accept([[scoreOf(taken)]])).toMatchObject([{ status: "taken" }]);
  await store.close();
  expect(statSync(path).size).toBeLessThanOrEqual(MAX_BYTES);
});

it("refuses the reports of a transaction that SQLite finds no room for, and tells their duplicates", async () => {
  const path = nextPath();
  const store = await opened(path, MAX_BYTES);
  const crowd = Array.from({ length: 2_000 }, (_, user) => [scoreOf(user)]);
  const answers = await store.accept(crowd);
  expect(new Set(answers.map((answer) => (answer.status === "refused" ? answer.reason : answer.status)))).toEqual(
    new Set(["full"]),
  );
  expect(answers[0]).toMatchObject({ detail: expect.stringMatching(/full/) });
  expect(await store.inspect()).toEqual([]);
  expect(await store.accept([[scoreOf(0)]])).toMatchObject([{ status: "taken" }]);
  expect(await store.accept(crowd)).toMatchObject([
    { status: "taken", firings: [{ status: "duplicate" }] },
    ...crowd.slice(1).map(() => ({ status: "refused", reason: "full" })),
  ]);
  expect(await store.inspect()).toHaveLength(1);
  await store.close();
  const larger = await opened(path);
  expect((await larger.accept(crowd)).filter(({ status }) => status === "taken")).toHaveLength(crowd.length);
  await larger.close();
});
