import { expect } from "vitest";
import { acceptAll, acceptOne, count, delivered, firing, leaseAndEnd, T0, unlock } from "./lane-steps.ts";
import type { Check, Fresh } from "./lane-steps.ts";

export function limitsSuite(it: Check, fresh: Fresh): void {
  it("refuses only reports that need a lane more than it may hold, each as a whole", async () => {
    const store = await fresh({ maxLanes: 3 });
    const by = (...users: readonly string[]) => users.map((user) => firing(count(1n), { user }));
    const answers = await store.accept([by("1", "2", "1"), by("3", "4"), by("1", "3"), by("5"), by("2", "3")]);
    expect(answers.map((answer) => (answer.status === "taken" ? answer.firings.length : answer.reason))).toEqual([
      3,
      "full",
      2,
      "full",
      2,
    ]);
    expect(answers[1]).toMatchObject({
      detail: expect.stringMatching(/holds 2 lanes and may hold 3 \(maxLanes\).* 2 more/),
    });
    expect((await store.inspect()).map(({ key, seq }) => [key.user, seq])).toEqual([
      ["1", 3],
      ["2", 2],
      ["3", 2],
    ]);
    expect(await store.accept([by("9")])).toMatchObject([{ status: "refused", reason: "full" }]);
    expect(await store.accept([by("1", "2", "3")])).toMatchObject([{ status: "taken" }]);
  });

  it("tells duplicates and delivers while it is full", async () => {
    const store = await fresh({ maxLanes: 1 });
    const once = { match: "m", event: "e", occurrence: "", rule: "r" };
    const taken = firing(count(1n), { once });
    await acceptOne(store, taken);
    const elsewhere = firing(unlock("OTHER"), { once: { ...once, event: "e2" } });
    expect(await store.accept([[elsewhere]])).toMatchObject([{ status: "refused", reason: "full" }]);
    expect(await acceptAll(store, [taken, taken])).toEqual([
      { status: "duplicate", digestDiffers: false },
      { status: "duplicate", digestDiffers: false },
    ]);
    expect(await store.remembered(elsewhere.key)).toHaveLength(1);
    await leaseAndEnd(store, delivered, T0);
    expect(await store.accept([[elsewhere]])).toMatchObject([{ status: "refused", reason: "full" }]);
  });
}
