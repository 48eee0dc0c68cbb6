import { afterEach, describe, expect, it } from "vitest";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { openAs } from "./lane-steps.ts";
import type { Fresh } from "./lane-steps.ts";
import { acceptSuite } from "./suite-accept.ts";
import { endsSuite } from "./suite-ends.ts";
import { leaseSuite } from "./suite-lease.ts";
import { limitsSuite } from "./suite-limits.ts";
import { poisonSuite } from "./suite-poison.ts";
import { progressSuite } from "./suite-progress.ts";
import { recordsSuite } from "./suite-records.ts";
import { takeOverSuite } from "./suite-take-over.ts";
import { waitingSuite } from "./suite-waiting.ts";

/** An empty store that is not open yet. */
export type MakeStore = (limits?: { readonly maxLanes?: number }) => LaneStore;

/** What every implementation of LaneStore must pass. */
export function laneStoreSuite(name: string, make: MakeStore): void {
  describe(`${name} keeps the promises of LaneStore`, () => {
    const made: LaneStore[] = [];
    const fresh: Fresh = async (limits) => {
      const store = make(limits);
      made.push(store);
      await openAs(store, "first");
      return store;
    };

    afterEach(async () => {
      await Promise.all(made.splice(0).map((store) => store.close()));
    });

    it("refuses verbs before it is open", async () => {
      await expect(make().accept([])).rejects.toMatchObject({ code: "bad_input" });
    });

    describe("accept", () => acceptSuite(fresh));
    describe("lease, stage, park", () => leaseSuite(fresh));
    describe("settle", () => endsSuite(fresh));
    describe("open, close", () => takeOverSuite(fresh));
    describe("lost leases", () => poisonSuite(fresh));
    describe("histories, announcements, epochs", () => progressSuite(fresh));
    describe("expiry, tokens, remembered firings", () => waitingSuite(fresh));
    describe("limits", () => limitsSuite(fresh));
    describe("dead letters, records, purge", () => recordsSuite(fresh));
  });
}
