import { afterEach, describe, expect, it } from "vitest";
import type { LaneStore } from "../../src/store/lane-store.ts";
import { openAs } from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";
import { acceptSuite } from "./suite-accept.ts";
import { backupSuite } from "./suite-backup.ts";
import type { Copies } from "./suite-backup.ts";
import { endsSuite } from "./suite-ends.ts";
import { forgetUserSuite } from "./suite-forget-user.ts";
import { idleSuite } from "./suite-idle.ts";
import { leaseSuite } from "./suite-lease.ts";
import { limitsSuite } from "./suite-limits.ts";
import { poisonSuite } from "./suite-poison.ts";
import { progressSuite } from "./suite-progress.ts";
import { recordsSuite } from "./suite-records.ts";
import { takeOverSuite } from "./suite-take-over.ts";
import { timeSuite } from "./suite-time.ts";
import { waitingSuite } from "./suite-waiting.ts";

/** An empty store that is not open yet. */
export type MakeStore = (limits?: { readonly maxLanes?: number }) => LaneStore;

/** The promises of LaneStore, by what they are about. */
const PROMISES: Readonly<Record<string, (check: Check, fresh: Fresh) => void>> = {
  accept: acceptSuite,
  "lease, stage, park": leaseSuite,
  settle: endsSuite,
  "open, close": takeOverSuite,
  "lost leases": poisonSuite,
  "time, what is in the air": timeSuite,
  "histories, announcements, epochs": progressSuite,
  "expiry, tokens, remembered firings": waitingSuite,
  limits: limitsSuite,
  "idle lanes": idleSuite,
  "forgetting a user": forgetUserSuite,
  "dead letters, records, purge": recordsSuite,
};

/** What every implementation of LaneStore must pass; one without a file has no `copies`. */
export function laneStoreSuite(name: string, make: MakeStore, copies?: Copies): void {
  describe(`${name} keeps the promises of LaneStore`, () => {
    const made: LaneStore[] = [];

    afterEach(async () => {
      await Promise.all(made.splice(0).map((store) => store.close()));
    });

    it("refuses verbs before it is open", async () => {
      await expect(make().accept([])).rejects.toMatchObject({ code: "bad_input" });
      await expect(make().backup("copy.db")).rejects.toMatchObject({ code: "bad_input", message: /open\(\) first/ });
    });

    describe("backup", () => backupSuite(it, opened(make, made), copies));
    describe.each(Object.entries(PROMISES))("%s", (_, suite) => suite(it, opened(make, made)));
  });
}

/** Runs the same promises as data, all or those about something: answers the names of those that a store does not keep. */
export async function brokenPromises(
  make: MakeStore,
  abouts: readonly string[] = Object.keys(PROMISES),
): Promise<readonly string[]> {
  const checks: { readonly name: string; readonly run: () => Promise<void> }[] = [];
  const made: LaneStore[] = [];
  for (const about of abouts) PROMISES[about]?.((name, run) => checks.push({ name, run }), opened(make, made));
  const broken: string[] = [];
  for (const { name, run } of checks) {
    await run().catch(() => broken.push(name));
    await Promise.all(made.splice(0).map((store) => store.close()));
  }
  return broken;
}

function opened(make: MakeStore, made: LaneStore[]): Fresh {
  return async (limits) => {
    const store = make(limits);
    made.push(store);
    await openAs(store, "first");
    return store;
  };
}
