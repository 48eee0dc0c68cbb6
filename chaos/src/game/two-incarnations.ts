import { sabotagedMemoryStore } from "@questline/core/testing";
import { obeyParent, readyWith } from "../child.ts";
import type { TwoIncarnationsOrders } from "../wire.ts";
import { app } from "../plan/catalogue.ts";

obeyParent<TwoIncarnationsOrders>({
  async play(sabotage) {
    const store = sabotagedMemoryStore(sabotage);
    const opening = { now: 0, quietMs: 0, poisonAfter: 5 };
    await store.open({ ...opening, incarnation: "first" });
    const key = { app: app.id, user: "72057594037930000", target: { type: "leaderboard", name: "POINTS" } } as const;
    const entry = { score: 7n };
    const value = { type: "score", forced: false, highest: entry, lowest: entry } as const;
    await store.accept([[{ key, value, at: 0, dueAt: 0 }]]);
    const [stale] = await store.lease(1, 1);
    // Over the same store: the first one is taken for dead, and its value leased anew.
    await store.open({ ...opening, incarnation: "second" });
    const [held] = await store.lease(1, 2);
    if (stale === undefined || held === undefined) throw new Error("the store did not lease what was due");
    const end = { type: "settled", how: "delivered" } as const;
    const [lateEndHeld = false] = await store.settle([{ lane: stale.id, leaseToken: stale.leaseToken, now: 3, end }]);
    const [ownEndHeld = false] = await store.settle([{ lane: held.id, leaseToken: held.leaseToken, now: 4, end }]);
    return { lateEndHeld, ownEndHeld };
  },
});
readyWith({});
