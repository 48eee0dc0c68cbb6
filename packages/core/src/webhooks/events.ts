import type { SubscriptionValue } from "./subscription-value.ts";

/** What every event has. */
interface Sent {
  /** The app it is about. `0` in the dashboard's test events; empty where an entry does not say it. */
  readonly appId: string;
  /** When the platform sent it, or when it came where that is not said; the order of events is not promised. */
  readonly sentAt: Date;
  /** The same for every delivery of the same event. */
  readonly key: string;
  /** Sent by the dashboard's test button. */
  readonly isTest: boolean;
  /** Members of the value that this version does not know or cannot read, as they came. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

/** A user accepted an invite, or rejoined. */
export interface JoinIntent extends Sent {
  readonly topic: "join_intent";
  readonly destinationApiName?: string;
  /** App-scoped user id. */
  readonly userId?: string;
  readonly lobbySessionId?: string;
  readonly matchSessionId?: string;
}

/** Something was bought or given back, also by users who never met your servers. */
export interface OrderStatus extends Sent {
  readonly topic: "order_status";
  /** `PURCHASED`, `REFUNDED` or `CHARGEBACKED`; the page speaks of consumption too. */
  readonly status: string;
  /** The order, a UUID. */
  readonly reportingId: string;
  readonly sku: string;
  /** App-scoped. */
  readonly userId?: string;
  readonly at?: Date;
  /** As the client sent it with the purchase. */
  readonly developerPayload?: string;
}

interface SubscriptionEventBase extends Sent {
  /** App-scoped user id. */
  readonly ownerId: string;
  readonly subscription: SubscriptionValue;
}

/** Begun, also once more. */
export interface SubscriptionStarted extends SubscriptionEventBase {
  readonly topic: "subscription_started";
  readonly sourceApp?: string;
}

export interface SubscriptionCanceled extends SubscriptionEventBase {
  readonly topic: "subscription_canceled";
  /** Such as `PRICE_TOO_EXPENSIVE`; the list is not published. */
  readonly reason?: string;
}

export interface SubscriptionChanged extends SubscriptionEventBase {
  readonly topic: "subscription_renewal_success" | "subscription_uncanceled" | "subscription_expired";
}

/** Came without its value, as with "Include values" off in the dashboard: only the topic is known. */
export interface TopicChanged extends Sent {
  readonly topic: "changed";
  readonly field: string;
}

/** A topic, or a value of one, that this version cannot read; all of it stands under `raw`. */
export interface UnknownEvent extends Sent {
  readonly topic: "unknown";
  /** The topic; empty where there is none. */
  readonly field: string;
}

export type WebhookEvent =
  | JoinIntent
  | OrderStatus
  | SubscriptionStarted
  | SubscriptionCanceled
  | SubscriptionChanged
  | TopicChanged
  | UnknownEvent;
