import type { Hono } from "hono";
import { z } from "zod";
import type { SeedItem } from "../seed/seed.ts";
import { buyingSchema, subscribingSchema, text, userSkuSchema } from "./bodies.ts";
import { given, parsedBody } from "./body-of.ts";
import type { ControlTarget } from "./control-target.ts";

/** What apps sell, what users own and subscribe to. */
export function addStoreRoutes(app: Hono, { world }: ControlTarget): void {
  const { store } = world;
  app.post("/items", async (c) => {
    const { item, appId } = await parsedBody(c, z.strictObject({ item: z.unknown(), appId: text.optional() }));
    store.setItem(item as SeedItem, appId);
    return c.json({ set: true });
  });
  app.post("/entitlements", async (c) => {
    const schema = z.strictObject({ userId: text, entitled: z.boolean().optional() });
    const { userId, entitled = true } = await parsedBody(c, schema);
    store.setEntitled(userId, entitled);
    return c.json({ entitled });
  });
  app.get("/purchases", (c) => c.json({ purchases: store.purchases(c.req.query("userId") ?? "") }));
  app.post("/purchases", async (c) => {
    const { userId, sku, granted = false, ...options } = await parsedBody(c, buyingSchema);
    return c.json(granted ? store.grant(userId, sku, given(options)) : store.buy(userId, sku, given(options)));
  });
  app.post("/purchases/refund", async (c) => {
    const type = z.enum(["REFUNDED", "CHARGEBACKED"]).optional();
    const body = await parsedBody(c, z.strictObject({ userId: text, sku: text, type }));
    store.refund(body.userId, body.sku, body.type);
    return c.json({ refunded: true });
  });
  app.get("/subscriptions", (c) => c.json({ subscriptions: store.subscriptions(c.req.query("userId") ?? "") }));
  app.post("/subscriptions", async (c) => {
    const { userId, sku, ...options } = await parsedBody(c, subscribingSchema);
    return c.json(store.subscribe(userId, sku, given(options)));
  });
  app.post("/subscriptions/cancel", async (c) => {
    const schema = z.strictObject({ userId: text, sku: text, reason: z.int().optional() });
    const { userId, sku, reason } = await parsedBody(c, schema);
    store.cancelSubscription(userId, sku, reason);
    return c.json({ cancelled: true });
  });
  app.post("/subscriptions/uncancel", async (c) => {
    const { userId, sku } = await parsedBody(c, userSkuSchema);
    store.uncancelSubscription(userId, sku);
    return c.json({ uncancelled: true });
  });
}
