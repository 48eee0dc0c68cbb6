import { afterEach, describe, expect, it } from "vitest";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { QUIET_MS, T0 } from "./lane-steps.ts";
import type { Fresh } from "./lane-steps.ts";
import { acceptSuite } from "./suite-accept.ts";
import { endsSuite } from "./suite-ends.ts";
import { leaseSuite } from "./suite-lease.ts";
import { recordsSuite } from "./suite-records.ts";
import { takeOverSuite } from "./suite-take-over.ts";

/** What every implementation of LaneStore must pass. `make` gives an empty store that is not open yet. */
export function laneStoreSuite(name: string, make: () => LaneStore): void {
  describe(`${name} keeps the promises of LaneStore`, () => {
    const made: LaneStore[] = [];
    const fresh: Fresh = async () => {
      const store = make();
      made.push(store);
      await store.open("first", T0, QUIET_MS);
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
    describe("dead letters, records, purge", () => recordsSuite(fresh));
  });
}
