import { expect } from "vitest";
import type { LaneStore } from "../../src/store/lane-store.ts";
import {
  acceptAll,
  acceptOne,
  best,
  count,
  delivered,
  firing,
  leaseAndEnd,
  openAs,
  QUIET_MS,
  refused,
  stageOne,
  T0,
  unlock,
} from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

/** How a store that can be copied shows its copies. */
export interface Copies {
  nextPath(): string;
  /** The store in the file at `path`, not open yet. */
  at(path: string): LaneStore;
}

const once = { match: "m", event: "e", occurrence: "", rule: "r" };

/** Without `copies`: of a store that has no file. */
export function backupSuite(it: Check, fresh: Fresh, copies: Copies | undefined): void {
  it("backs nothing up after it is closed", async () => {
    const store = await fresh();
    await store.close();
    await expect(store.backup("copy.db")).rejects.toMatchObject({ code: "closed" });
  });

  if (copies === undefined) {
    it("says that there is no file to back up, and goes on", async () => {
      const store = await fresh();
      await expect(store.backup("copy.db")).rejects.toMatchObject({
        code: "bad_input",
        message: expect.stringContaining("sqliteStore"),
      });
      await acceptOne(store, firing(count(1n)));
    });
    return;
  }

  it("writes all it holds into a file that opens as a store, and goes on", async () => {
    const store = await fresh();
    await acceptAll(store, [firing(count(5n), { once }), firing(best(3n)), firing(unlock("OTHER"), { user: "7002" })]);
    await store.keepToken("900100", "7001", "sealed", T0);
    const [staged] = await store.lease(1, T0);
    await stageOne(store, staged ?? expect.fail(), { count: 2n });
    const [dead] = await store.lease(1, T0);
    await store.settle([{ lane: dead?.id ?? "", leaseToken: dead?.leaseToken ?? "", now: T0, end: refused }]);
    const held = await store.inspect();
    const path = copies.nextPath();
    await store.backup(path);
    expect(await store.inspect()).toEqual(held);
    await leaseAndEnd(store, delivered);
    await acceptOne(store, firing(count(1n), { user: "7003" }));

    const copy = copies.at(path);
    try {
      expect(await openAs(copy, "second", T0)).toEqual({ released: 0, inDoubt: 1, poisoned: 0, ended: [] });
      expect((await copy.inspect()).map(({ id, seq }) => [id, seq])).toEqual(held.map(({ id, seq }) => [id, seq]));
      expect(await copy.lease(10, T0)).toMatchObject([{ key: { user: "7002" } }]);
      expect(await copy.lease(10, T0 + QUIET_MS)).toMatchObject([{ journal: { n: 5n, count: 2n } }]);
      expect(await copy.deadLetters()).toEqual(await store.deadLetters());
      expect(await copy.sealedToken("900100", "7001")).toBe("sealed");
      expect(await acceptOne(copy, firing(count(5n), { once }))).toMatchObject({ status: "duplicate" });
    } finally {
      await copy.close();
    }
  });

  it("copies what was asked for before, and nothing that came after", async () => {
    const store = await fresh();
    const path = copies.nextPath();
    await Promise.all([
      acceptOne(store, firing(count(1n))),
      store.backup(path),
      acceptOne(store, firing(count(1n), { user: "7002" })),
    ]);
    expect(await store.inspect()).toHaveLength(2);
    const copy = copies.at(path);
    await openAs(copy, "second");
    expect(await copy.inspect()).toMatchObject([{ key: { user: "7001" } }]);
    await copy.close();
  });

  it("never replaces a file, and goes on", async () => {
    const store = await fresh();
    await acceptOne(store, firing(count(1n)));
    const path = copies.nextPath();
    await store.backup(path);
    await acceptOne(store, firing(count(1n), { user: "7002" }));
    await expect(store.backup(path)).rejects.toMatchObject({ code: "bad_input", message: /exists already/ });
    const copy = copies.at(path);
    await openAs(copy, "second");
    expect(await copy.inspect()).toHaveLength(1);
    await copy.close();
    expect(await store.inspect()).toHaveLength(2);
  });
}
