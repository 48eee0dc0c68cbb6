import type { AppSubscription, AppUser } from "./app.ts";
import type { Item, Plan, Purchase, Trial } from "./catalogue.ts";
import type { WorldState } from "./state.ts";
import { CANCEL_REASONS, Subscription } from "./subscription.ts";
import { orderValue, subscriptionValue } from "./webhook-values.ts";

export interface Buying {
  readonly developerPayload?: string | undefined;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt?: number | undefined;
}

/** The user gets the item; no webhook tells of it. */
export function grant(state: WorldState, user: AppUser, item: Item, buying: Buying, now: number): Purchase {
  const id = state.mintId("purchase");
  const purchase: Purchase = {
    id,
    item,
    grantedAt: now,
    expiresAt: buying.expiresAt,
    reportingId: `00000000-0000-4000-8000-${BigInt(id).toString(16).padStart(12, "0").slice(-12)}`,
    developerPayload: buying.developerPayload ?? "",
    state: "owned",
  };
  user.purchases.push(purchase);
  return purchase;
}

/** As in the store: `order_status` tells of it. */
export function buy(state: WorldState, user: AppUser, item: Item, buying: Buying, now: number): Purchase {
  const purchase = grant(state, user, item, buying, now);
  state.events.publish(user.app, "order_status", orderValue(user, purchase, "PURCHASED", now));
  return purchase;
}

/** The oldest one that the user holds now. */
export function ownedPurchase(user: AppUser, sku: string, now: number): Purchase | undefined {
  return ownedPurchases(user, now).find((purchase) => purchase.item.sku === sku);
}

export function ownedPurchases(user: AppUser, now: number): readonly Purchase[] {
  return user.purchases.filter(
    ({ state, expiresAt }) => state === "owned" && (expiresAt === undefined || expiresAt > now),
  );
}

export function takeBack(
  state: WorldState,
  user: AppUser,
  purchase: Purchase,
  type: "REFUNDED" | "CHARGEBACKED",
  now: number,
): void {
  purchase.state = type === "REFUNDED" ? "refunded" : "chargebacked";
  state.events.publish(user.app, "order_status", orderValue(user, purchase, type, now));
}

export function activeSubscription(user: AppUser, sku: string): AppSubscription | undefined {
  for (const subscription of user.app.subscriptions.values()) {
    if (subscription.user === user && subscription.item.sku === sku && subscription.active) return subscription;
  }
  return undefined;
}

/** Starts or restarts; a restarted subscription keeps its id. No webhook tells of it. */
export function openSubscription(
  state: WorldState,
  user: AppUser,
  item: Item,
  { plan, trial, startedAt }: { readonly plan: Plan; readonly trial: Trial | undefined; readonly startedAt: number },
): AppSubscription {
  const { subscriptions } = user.app;
  const former = [...subscriptions.values()].find((each) => each.user === user && each.item.sku === item.sku);
  const subscription = former ?? new Subscription(subscriptionId(state), user, item, plan);
  subscriptions.set(subscription.id, subscription);
  state.nodes.set(subscription.id, { kind: "subscription", app: user.app, subscription });
  subscription.start(plan, trial, startedAt);
  const now = state.events.now();
  while (subscription.dueAt <= now) subscription.renew();
  state.renewals.watch(subscription);
  return subscription;
}

export function announceStart(state: WorldState, subscription: AppSubscription): void {
  const value = subscriptionValue(subscription, { source_app: subscription.user.app.id });
  state.events.publish(subscription.user.app, "subscription_started", value);
}

export function cancelSubscription(
  state: WorldState,
  subscription: AppSubscription,
  reason: number,
  now: number,
): void {
  subscription.cancel(now);
  state.renewals.watch(subscription);
  const value = subscriptionValue(subscription, { cancel_reason: CANCEL_REASONS[reason] ?? "OTHER" });
  state.events.publish(subscription.user.app, "subscription_canceled", value);
}

export function uncancelSubscription(state: WorldState, subscription: AppSubscription): void {
  subscription.ending = false;
  state.renewals.watch(subscription);
  state.events.publish(subscription.user.app, "subscription_uncanceled", subscriptionValue(subscription));
}

export function extendSubscription(state: WorldState, subscription: AppSubscription, days: number): void {
  subscription.extend(days);
  state.renewals.watch(subscription);
}

/** Long and hex-like, as the platform's. */
function subscriptionId(state: WorldState): string {
  return `5b${BigInt(state.mintId("subscription")).toString(16).padStart(30, "0")}`;
}
