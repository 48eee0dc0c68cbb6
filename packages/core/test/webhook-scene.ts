import { createHmac } from "node:crypto";
import { manualClock } from "../src/runtime/manual-clock.ts";
import { silentLogger } from "../src/runtime/log.ts";
import {
  createWebhookHandler,
  type DroppedEvent,
  type WebhookEvent,
  type WebhookHandler,
  type WebhookOptions,
} from "../src/webhooks/index.ts";

export const NOW_MS: number = 1_900_000_100_000;
export const URL_TEXT: string = "https://game.example/webhook";

export interface Scene {
  readonly handler: WebhookHandler;
  readonly events: WebhookEvent[];
  readonly dropped: DroppedEvent[];
}

export function scene(options: Partial<WebhookOptions> = {}): Scene {
  const events: WebhookEvent[] = [];
  const dropped: DroppedEvent[] = [];
  const handler = createWebhookHandler({
    appSecret: "test-secret",
    verifyToken: "verify-me",
    onEvent: (event) => void events.push(event),
    onDropped: (drop) => void dropped.push(drop),
    clock: manualClock(NOW_MS),
    logger: silentLogger,
    ...options,
  });
  return { handler, events, dropped };
}

export const signatureOf = (body: string | Buffer): string =>
  `sha256=${createHmac("sha256", "test-secret").update(body).digest("hex")}`;

export const post = (
  body: string,
  headers: Record<string, string> = { "x-hub-signature-256": signatureOf(body) },
): Request => new Request(URL_TEXT, { method: "POST", body, headers });

export const bodyOf = (field: string, value: unknown, entry: object = {}): string =>
  JSON.stringify({
    object: "application",
    entry: [{ id: "1", time: 1_900_000_000, changes: [{ field, value }], ...entry }],
  });

/** The values of two topics, as the platform writes them. */
export const ORDER: object = {
  event_time: "1900000000",
  user_id: "10149999707612630",
  product_info: { notification_type: "PURCHASED", reporting_id: "5f3b8f5c-0000", sku: "gems", developer_payload: '""' },
};
export const SUBSCRIPTION = {
  id: "0af3",
  sku: "gold",
  trial_type: "TRIAL_OFFER",
  period_start_time: "1899990000",
  period_end_time: "1902000000",
  next_renewal_time: "1902000000",
  is_active: true,
  is_trial: false,
  current_price_term: { term: "MONTHLY", currency: "USD", price: "4.99" },
  next_price_term: { currency: "USD", price: "5" },
};
