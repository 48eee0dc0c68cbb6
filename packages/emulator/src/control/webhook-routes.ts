import type { Hono } from "hono";
import { z } from "zod";
import { parseInput } from "../input-error.ts";
import type { SeedWebhook } from "../seed/seed.ts";
import type { TriggeredEvent } from "../webhooks/webhooks.ts";
import { text } from "./bodies.ts";
import { bodyOf, given, parsedBody } from "./body-of.ts";
import type { ControlTarget } from "./control-target.ts";

const copies = z.int().optional();

/** Where webhooks go, what was sent, and events by hand. */
export function addWebhookRoutes(app: Hono, { webhooks }: ControlTarget): void {
  app.get("/webhooks", (c) => c.json({ subscriptions: webhooks.subscriptions(), deliveries: webhooks.deliveries() }));
  app.post("/webhooks", async (c) => {
    const { webhook, appId } = await parsedBody(c, z.strictObject({ webhook: z.unknown(), appId: text.optional() }));
    await webhooks.register(webhook as SeedWebhook, appId);
    return c.json({ registered: true });
  });
  app.delete("/webhooks", (c) => {
    webhooks.unregister(c.req.query("appId"));
    return c.json({ unregistered: true });
  });
  app.post("/webhooks/send", async (c) => {
    const schema = z.strictObject({
      events: z.unknown(),
      copies,
      test: z.boolean().optional(),
      appId: text.optional(),
    });
    const { events, ...options } = await parsedBody(c, schema);
    webhooks.send(events as readonly TriggeredEvent[], given(options));
    return c.json({ sent: true });
  });
  app.post("/webhooks/hold", (c) => {
    webhooks.hold();
    return c.json({ held: true });
  });
  app.post("/webhooks/release", async (c) => {
    const body = await bodyOf(c, true);
    const options = body === undefined ? {} : parseInput(z.strictObject({ copies }), body, "body");
    webhooks.release(given(options));
    return c.json({ released: true });
  });
  app.post("/webhooks/idle", async (c) => {
    await webhooks.idle();
    return c.json({ idle: true });
  });
}
