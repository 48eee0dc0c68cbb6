import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  closeSeason,
  createGraphClient,
  refundSafely,
  undiciTransport,
  type GraphClient,
  type SeasonRecord,
} from "@questline/core";
import { manualClock } from "@questline/core/testing";
import { createWebhookHandler, nodeWebhookListener, type WebhookEvent } from "@questline/core/webhooks";
import { createEmulator, type Emulator } from "@questline/emulator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { vectorSeed } from "./contract/emulator-world.ts";
import { ada, app, federatedApp, grace } from "./contract/vectors.ts";

let emulator: Emulator;
let graph: GraphClient;

beforeEach(async () => {
  emulator = await createEmulator({ seed: vectorSeed });
  const transport = undiciTransport({ baseUrl: emulator.url });
  graph = createGraphClient({ app, federatedApp, transport, baseUrl: emulator.url });
});
afterEach(async () => {
  await graph.close();
  await emulator.close();
});

async function all<Row>(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
  const found: Row[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

test("what happens in the emulated store arrives as typed webhook events, signed and verified", async () => {
  const events: WebhookEvent[] = [];
  const handler = createWebhookHandler({
    appSecret: app.secret,
    verifyToken: "my verify token",
    appId: app.id,
    onEvent: (event) => void events.push(event),
  });
  await using receiver = createServer(nodeWebhookListener(handler));
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const callback_url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
  await emulator.webhooks.register({ callback_url, verify_token: "my verify token" }, app.id);

  const bought = emulator.world.store.buy(ada.id, "gem_50", { developerPayload: "Zoë" });
  await emulator.webhooks.idle();
  await graph.purchases.refund({ userId: ada.id, sku: "gem_50", reason: "other" });
  await emulator.webhooks.idle();
  const { reportingId } = bought;
  expect(events).toMatchObject([
    { topic: "order_status", status: "PURCHASED", sku: "gem_50", userId: ada.id, reportingId, developerPayload: "Zoë" },
    { topic: "order_status", status: "REFUNDED", sku: "gem_50", userId: ada.id, reportingId },
  ]);

  emulator.world.store.subscribe(ada.id, "gold");
  await graph.subscriptions.cancel({ ownerId: ada.id, sku: "gold", reason: "price" });
  await emulator.webhooks.idle();
  const price = { currency: "USD", minorUnits: 499n };
  expect(events.slice(2)).toMatchObject([
    { topic: "subscription_started", ownerId: ada.id, subscription: { sku: "gold", currentTerm: { price } } },
    { topic: "subscription_canceled", ownerId: ada.id, subscription: { sku: "gold", isActive: true } },
  ]);
  const kept = emulator.webhooks.register({ callback_url, verify_token: "another" }, app.id);
  await expect(kept).rejects.toThrow("callback_url");
  receiver.closeAllConnections();
});

/** Refunds one bought gem with what happens to the request, moving a manual clock over the quiet times. */
async function refunded(kind: "resetAfter" | "resetBefore" | undefined): Promise<unknown> {
  emulator.world.store.grant(ada.id, "gem_50");
  if (kind !== undefined) emulator.faults.add({ operation: "purchases.refund", kind });
  const clock = manualClock();
  const outcome = refundSafely(graph.purchases, { userId: ada.id, sku: "gem_50", reason: "other" }, { clock });
  const open = new Set([outcome]);
  void outcome.finally(() => open.clear());
  while (open.size > 0) {
    await clock.advance(5000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return outcome;
}

test("a refund whose answer is lost is resolved by what the user owns afterwards", async () => {
  expect(await refunded(undefined)).toEqual({ status: "refunded", by: "answer" });
  expect(await refunded("resetAfter")).toEqual({ status: "refunded", by: "read-back" });
  expect(await refunded("resetBefore")).toEqual({ status: "not-refunded", by: "read-back" });
  expect(emulator.requests.count({ operation: "purchases.refund" })).toBe(3);
});

test("a season is closed once, through a fault in the middle, and the next one's entries stay", async () => {
  const submit = (userId: string, score: number): Promise<unknown> =>
    graph.leaderboards.submit({ apiName: "HIGH_SCORE", score, userId });
  await submit(ada.id, 10);
  await submit(grace.id, 20);
  const [, first] = await all(graph.leaderboards.entries({ apiName: "HIGH_SCORE" }));
  const endsAt = first?.at ?? new Date(0);
  const records: SeasonRecord[] = [];
  const archive = {
    read: async () => records.at(-1),
    write: async (record: SeasonRecord) => void records.push(record),
  };
  const season = { apiName: "HIGH_SCORE", season: "one", endsAt: new Date(endsAt.getTime() + 60_000) };

  emulator.faults.add({ operation: "leaderboards.deleteEntry", kind: "status", status: 400, error: { code: 10 } });
  await expect(closeSeason(graph.leaderboards, archive, season)).rejects.toMatchObject({ code: "permission" });
  emulator.world.advance(120_000);
  await submit(ada.id, 30);
  emulator.faults.add({ operation: "leaderboards.deleteEntry", kind: "resetAfter" });

  const { record, alreadyGone } = await closeSeason(graph.leaderboards, archive, season);
  expect(record.winners.map(({ userId, score }) => [userId, score])).toEqual([
    [grace.id, 20n],
    [ada.id, 10n],
  ]);
  expect(alreadyGone).toBe(1);
  const left = await all(graph.leaderboards.entries({ apiName: "HIGH_SCORE" }));
  expect(left.map(({ userId, score }) => [userId, score])).toEqual([[ada.id, 30n]]);
});

test("a federated user plays: created, given a token, on the board, deleted", async () => {
  const { id } = await graph.federatedUsers.create({ persistentId: "steam-9", displayName: "Wren" });
  const userToken = await graph.federatedUsers.mintToken("steam-9");
  expect(await graph.federatedUsers.me(userToken)).toMatchObject({ id, displayName: "Wren" });
  expect(await graph.leaderboards.submit({ apiName: "BEST_TIME", score: 7, userToken })).toEqual({ didUpdate: true });
  expect(await graph.federatedUsers.delete("steam-9")).toBe("deleted");
  expect(await graph.federatedUsers.delete("steam-9")).toBe("already-gone");
  expect(await all(graph.leaderboards.entries({ apiName: "BEST_TIME" }))).toEqual([]);
});
