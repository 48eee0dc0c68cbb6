export { createWebhookHandler } from "./webhook-handler.ts";
export type { DroppedEvent, WebhookHandler, WebhookOptions } from "./webhook-handler.ts";
export { nodeWebhookListener } from "./node-listener.ts";
export type { NodeWebhookListener, NodeWebhookOptions } from "./node-listener.ts";
export { memorySeenKeys } from "./seen-keys.ts";
export type { SeenKeys } from "./seen-keys.ts";
export type {
  JoinIntent,
  OrderStatus,
  SubscriptionCanceled,
  SubscriptionChanged,
  SubscriptionStarted,
  TopicChanged,
  UnknownEvent,
  WebhookEvent,
} from "./events.ts";
export type { SubscriptionValue } from "./subscription-value.ts";
