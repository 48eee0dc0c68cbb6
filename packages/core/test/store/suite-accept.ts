import { expect } from "vitest";
import { LARGEST_COUNT, valueOf } from "../../src/intent/lane-value.ts";
import type { Firing } from "../../src/store/lane-store.ts";
import {
  acceptAll,
  acceptOne,
  best,
  bits,
  count,
  delivered,
  firing,
  forced,
  key,
  leaseAndEnd,
  leaseOne,
  onlyLane,
  parked,
  stageOne,
  T0,
  unlock,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

const once = (event: string, occurrence = "", rule = "r") => ({ match: "m-1", event, occurrence, rule });

export function acceptSuite(it: Check, fresh: Fresh): void {
  it("answers in order, numbers firings per lane, and says which were folded into a waiting value", async () => {
    const store = await fresh();
    const answers = await acceptAll(store, [
      firing(count(1n)),
      firing(best(9n)),
      firing(count(2n)),
      firing(count(1n), { user: "7002" }),
    ]);
    expect(answers).toEqual([
      { status: "accepted", seq: 1, merged: false },
      { status: "accepted", seq: 1, merged: false },
      { status: "accepted", seq: 2, merged: true },
      { status: "accepted", seq: 1, merged: false },
    ]);
    expect((await store.inspect({ user: "7002" })).map((lane) => lane.pending)).toEqual([valueOf(count(1n))]);
  });

  it("keeps one lane per app, user and target", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(1n)), firing(count(1n), { app: "900200" }), firing(unlock("OTHER"))]);
    await acceptAll(store, [firing(count(4n))]);
    const lanes = await store.inspect();
    expect(lanes.map(({ key: { app, target }, seq }) => [app, target.name, seq])).toEqual([
      ["900100", "OTHER", 1],
      ["900100", "WINS", 2],
      ["900200", "WINS", 1],
    ]);
    expect(await store.inspect({ app: "900200" })).toHaveLength(1);
    expect(await store.inspect({ app: "900100", user: "7001" })).toHaveLength(2);
    expect(await store.inspect({ app: "900100", user: "700" })).toEqual([]);
  });

  it("merges into pending while idle, pending, leased, staged, in doubt and parked", async () => {
    const store = await fresh();
    const next = (): Promise<unknown> => acceptOne(store, firing(count(1n)));
    expect(await next()).toEqual({ status: "accepted", seq: 1, merged: false });
    expect(await next()).toEqual({ status: "accepted", seq: 2, merged: true });
    const lane = await leaseOne(store);
    expect(await next()).toEqual({ status: "accepted", seq: 3, merged: false });
    await stageOne(store, lane);
    expect(await next()).toEqual({ status: "accepted", seq: 4, merged: true });
    const journal = { n: 2n, count: 0n, wasLocked: true, epoch: 0, unchangedReads: 0 };
    const doubt = { type: "in-doubt", journal, dueAt: T0 + 1 } as const;
    await store.settle([{ lane: lane.id, leaseToken: lane.leaseToken, now: T0, end: doubt }]);
    expect(await next()).toEqual({ status: "accepted", seq: 5, merged: true });
    expect(await onlyLane(store)).toMatchObject({ state: "in-doubt", seq: 5, settledThrough: 0 });
    await leaseAndEnd(store, { type: "settled", how: "verdict" }, T0 + 1);
    await leaseAndEnd(store, parked, T0 + 1);
    expect(await next()).toEqual({ status: "accepted", seq: 6, merged: true });
    const parkedLane = await onlyLane(store);
    expect(parkedLane).toMatchObject({ state: "parked", seq: 6, settledThrough: 2, reason: "user-token" });
    expect(parkedLane.pending).toEqual(valueOf(count(4n)));
  });

  it("keeps every value exact at the ends of 64 bits, with extra data byte for byte", async () => {
    const store = await fresh();
    const smallest = -(2n ** 63n);
    const largest = 2n ** 63n - 1n;
    const mask = 2n ** 1024n - 1n;
    const extra = Buffer.from(Uint8Array.from({ length: 2048 }, (_, index) => index % 256)).toString("base64");
    await acceptAll(store, [
      firing(best(smallest)),
      firing(best(largest, extra)),
      firing(bits(mask, 1024)),
      firing(count(LARGEST_COUNT)),
      firing(count(5n)),
      firing(count(2n ** 53n + 1n, "BIG")),
    ]);
    const values = new Map((await store.lease(10, T0)).map((lane) => [lane.key.target.name, lane.value]));
    expect(values.get("TIMES")).toEqual({
      type: "score",
      forced: false,
      highest: { score: 9_223_372_036_854_775_807n, extra },
      lowest: { score: -9_223_372_036_854_775_808n },
    });
    expect(values.get("MAPS")).toMatchObject({ bits: BigInt(`0x${"f".repeat(256)}`), bitLength: 1024 });
    expect(values.get("WINS")).toMatchObject({ count: 9_223_372_036_854_775_807n });
    expect(values.get("BIG")).toMatchObject({ count: 9_007_199_254_740_993n });
  });

  it("lets the later forced score win and a better score improve on it", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(best(50n)), firing(forced(10n)), firing(best(12n)), firing(best(3n))]);
    expect((await leaseOne(store)).value).toEqual({
      type: "score",
      forced: true,
      highest: { score: 12n },
      lowest: { score: 3n },
    });
  });

  const malformed: readonly (readonly [string, Firing, RegExp])[] = [
    ["a value of another kind", { ...firing(count(1n)), value: valueOf(best(1n)) }, /achievement "WINS" takes/],
    ["a name on two lines", firing(unlock("A\nB")), /target's name/],
    ["no user", firing(count(1n), { user: "" }), /user/],
    ["no due time", { ...firing(count(1n)), dueAt: Number.NaN }, /dueAt/],
    ["half a ms", { ...firing(count(1n)), at: 0.5 }, /at/],
    ["a negative count", firing(count(-1n)), /count/],
    ["a count past 64 bits", firing(count(2n ** 63n)), /count/],
    ["bits past 1024", firing(bits(2n ** 1024n, 1025)), /bits/],
    ["a score past 64 bits", firing(best(-(2n ** 63n) - 1n)), /score/],
  ];
  for (const [what, wrong, detail] of malformed) {
    it(`refuses a report with ${what}, as a whole and alone`, async () => {
      const store = await fresh();
      const counted = firing(count(1n), { once: once("end") });
      const other = firing(count(1n), { user: "7002" });
      expect(await store.accept([[counted, wrong], [other], [wrong]])).toEqual([
        { status: "refused", reason: "malformed", detail: expect.stringMatching(detail) },
        { status: "taken", firings: [{ status: "accepted", seq: 1, merged: false }] },
        { status: "refused", reason: "malformed", detail: expect.stringMatching(detail) },
      ]);
      expect((await store.inspect()).map(({ key: { user } }) => user)).toEqual(["7002"]);
      expect(await acceptOne(store, counted)).toEqual({ status: "accepted", seq: 1, merged: false });
    });
  }

  it("takes an empty batch, and an empty report", async () => {
    const store = await fresh();
    expect(await store.accept([])).toEqual([]);
    expect(await store.accept([[], []])).toEqual([
      { status: "taken", firings: [] },
      { status: "taken", firings: [] },
    ]);
  });

  it("lets the first firing of a once key win, inside a batch and across batches", async () => {
    const store = await fresh();
    const end = once("matchEnded");
    expect(
      await acceptAll(store, [
        firing(count(1n), { once: end, digest: "aa" }),
        firing(count(9n), { once: end, digest: "bb" }),
        firing(count(1n), { once: end, digest: "aa" }),
      ]),
    ).toEqual([
      { status: "accepted", seq: 1, merged: false },
      { status: "duplicate", digestDiffers: true },
      { status: "duplicate", digestDiffers: false },
    ]);
    expect(await acceptOne(store, firing(count(9n), { once: end, digest: "bb" }))).toEqual({
      status: "duplicate",
      digestDiffers: true,
    });
    expect((await onlyLane(store)).pending).toEqual(valueOf(count(1n)));
  });

  it("says a digest differs only where both firings had one", async () => {
    const store = await fresh();
    await acceptAll(store, [
      firing(count(1n), { once: once("a") }),
      firing(count(1n), { once: once("b"), digest: "x" }),
    ]);
    expect(
      await acceptAll(store, [
        firing(count(1n), { once: once("a"), digest: "x" }),
        firing(count(1n), { once: once("b") }),
      ]),
    ).toEqual([
      { status: "duplicate", digestDiffers: false },
      { status: "duplicate", digestDiffers: false },
    ]);
  });

  it("tells once keys apart by app, match, user, event, occurrence and rule", async () => {
    const store = await fresh();
    const plain = { match: "m", event: "e", occurrence: "", rule: "r" };
    const different = [
      firing(count(1n), { once: plain }),
      firing(count(1n), { once: { ...plain, match: "m2" } }),
      firing(count(1n), { once: { ...plain, event: "e2" } }),
      firing(count(1n), { once: { ...plain, rule: "r2" } }),
      firing(count(1n), { once: { ...plain, occurrence: "o1" } }),
      firing(count(1n), { once: { ...plain, occurrence: "o2" } }),
      firing(count(1n), { once: { ...plain, occurrence: "o2", rule: "r2" } }),
      firing(count(1n), { once: plain, user: "7002" }),
      firing(count(1n), { once: plain, app: "900200" }),
      firing(count(1n), { once: { ...plain, match: "m\n", event: "e" } }),
      firing(count(1n), { once: { ...plain, match: "m", event: "\ne" } }),
    ];
    expect((await acceptAll(store, different)).map(({ status }) => status)).toEqual(different.map(() => "accepted"));
    expect((await acceptAll(store, different)).map(({ status }) => status)).toEqual(different.map(() => "duplicate"));
  });

  it("counts a firing without a once key every time, and a duplicate never again after it settled", async () => {
    const store = await fresh();
    const keyed = firing(count(1n), { once: once("kill", "k-1") });
    await acceptAll(store, [firing(count(1n)), firing(count(1n)), keyed]);
    const sent = await leaseAndEnd(store, delivered);
    expect(sent.value).toEqual(valueOf(count(3n)));
    expect(await acceptOne(store, keyed)).toMatchObject({ status: "duplicate" });
    expect(await onlyLane(store)).toMatchObject({ key: key(count(1n)), state: "idle", seq: 3 });
  });
}
