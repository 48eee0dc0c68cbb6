import type { ExactJsonObject } from "../json/exact-json.ts";
import type { App } from "./app.ts";

/** The webhook topics, as the platform names them. */
export const TOPICS = [
  "join_intent",
  "order_status",
  "subscription_started",
  "subscription_renewal_success",
  "subscription_canceled",
  "subscription_uncanceled",
  "subscription_expired",
] as const;

export type Topic = (typeof TOPICS)[number];

/** What the world needs of its surroundings: somebody to tell, and a clock that wakes it. */
export interface WorldEvents {
  /** Something happened that webhooks tell of. */
  publish(app: App, topic: Topic, value: ExactJsonObject): void;
  now(): number;
  schedule(delayMs: number, run: () => void): () => void;
}
