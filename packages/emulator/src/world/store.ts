import { EmulatorInputError } from "../input-error.ts";
import { parseItem } from "../seed/parse-seed.ts";
import type { SeedItem } from "../seed/seed.ts";
import type { AppSubscription, AppUser } from "./app.ts";
import { decimalPrice, type Purchase, type Term, type TrialType } from "./catalogue.ts";
import { itemNamed, ownableItem, setItem, subscriptionOffer } from "./items.ts";
import * as market from "./market.ts";
import { appNamed, userNamed } from "./people.ts";
import type { WorldState } from "./state.ts";

export interface PurchaseView {
  readonly id: string;
  readonly sku: string;
  readonly state: Purchase["state"];
  /** Milliseconds since the epoch. */
  readonly grantedAt: number;
  readonly expiresAt?: number | undefined;
  readonly reportingId: string;
  readonly developerPayload: string;
}

export interface SubscriptionView {
  readonly id: string;
  readonly sku: string;
  readonly userId: string;
  readonly active: boolean;
  readonly trial?: TrialType | undefined;
  readonly term: Term;
  /** Of the current period, such as `7.99`. */
  readonly price: string;
  /** Milliseconds since the epoch. */
  readonly periodStart: number;
  readonly periodEnd: number;
  /** When it renews, or ends once cancelled: the period's end and the days granted in it. */
  readonly dueAt: number;
  readonly cancelledAt?: number | undefined;
  readonly extendedDays: number;
}

/**
 * The store's side of things: what users do in the headset and what happens by itself. Webhooks tell of purchases,
 * refunds and subscriptions as the platform's do. All throw EmulatorInputError for ids and SKUs that do not exist.
 */
export interface Store {
  /** Adds or changes an item; its kind stays. */
  setItem(item: SeedItem, appId?: string): void;
  /** Grants the app itself, or takes it away. */
  setEntitled(userId: string, entitled: boolean): void;
  /** Gives an item without an order: no webhook. */
  grant(userId: string, sku: string, options?: { developerPayload?: string; expiresInMs?: number }): PurchaseView;
  /** The user buys an item. */
  buy(userId: string, sku: string, options?: { developerPayload?: string; expiresInMs?: number }): PurchaseView;
  /** The store takes a purchase back. Default "REFUNDED". */
  refund(userId: string, sku: string, type?: "REFUNDED" | "CHARGEBACKED"): void;
  /** Everything the user ever got, oldest first. */
  purchases(userId: string): readonly PurchaseView[];
  /** Default: the first plan, without a trial. */
  subscribe(userId: string, sku: string, options?: { term?: Term; trial?: TrialType }): SubscriptionView;
  /** The user cancels. `reason` is 0 to 5 as the platform numbers them, default 0. */
  cancelSubscription(userId: string, sku: string, reason?: number): void;
  /** The user takes a cancellation back before the period ends. */
  uncancelSubscription(userId: string, sku: string): void;
  subscriptions(userId: string): readonly SubscriptionView[];
}

export interface StoreSurroundings {
  readonly state: () => WorldState;
  readonly now: () => number;
}

export function createStore({ state, now }: StoreSurroundings): Store {
  const user = (userId: string): AppUser => userNamed(state(), userId, "userId");
  const get = (
    how: typeof market.grant,
    userId: string,
    sku: string,
    { developerPayload, expiresInMs }: { developerPayload?: string; expiresInMs?: number } = {},
  ): PurchaseView => {
    const owner = user(userId);
    const item = ownableItem(owner.app, sku, "sku");
    const expiresAt = expiresInMs === undefined ? undefined : now() + expiresInMs;
    return purchaseView(how(state(), owner, item, { developerPayload, expiresAt }, now()));
  };
  const active = (userId: string, sku: string): AppSubscription => {
    const owner = user(userId);
    itemNamed(owner.app, sku, "sku");
    const subscription = market.activeSubscription(owner, sku);
    if (subscription !== undefined) return subscription;
    throw new EmulatorInputError("sku", `the user has no active subscription to ${sku}; subscribe first`);
  };
  return {
    setItem(item, appId) {
      setItem(state(), appNamed(state(), appId, "appId"), parseItem(item, "item"), "item");
    },
    setEntitled(userId, entitled) {
      const holder = user(userId);
      if (entitled && !holder.entitled) holder.entitledAt = now();
      holder.entitled = entitled;
    },
    grant: (userId, sku, options) => get(market.grant, userId, sku, options),
    buy: (userId, sku, options) => get(market.buy, userId, sku, options),
    refund(userId, sku, type = "REFUNDED") {
      const owner = user(userId);
      itemNamed(owner.app, sku, "sku");
      const purchase = market.ownedPurchase(owner, sku, now());
      if (purchase === undefined) throw new EmulatorInputError("sku", `the user owns no ${sku}; buy or grant it first`);
      market.takeBack(state(), owner, purchase, type, now());
    },
    purchases: (userId) => user(userId).purchases.map(purchaseView),
    subscribe(userId, sku, options = {}) {
      const owner = user(userId);
      const offer = subscriptionOffer(owner.app, { sku, ...options }, "subscription");
      if (market.activeSubscription(owner, sku) !== undefined) {
        throw new EmulatorInputError("sku", `the user is subscribed to ${sku} already`);
      }
      const subscription = market.openSubscription(state(), owner, offer.item, { ...offer, startedAt: now() });
      market.announceStart(state(), subscription);
      return subscriptionView(subscription);
    },
    cancelSubscription(userId, sku, reason = 0) {
      if (![0, 1, 2, 3, 4, 5].includes(reason)) throw new EmulatorInputError("reason", "expected 0 to 5");
      market.cancelSubscription(state(), active(userId, sku), reason, now());
    },
    uncancelSubscription(userId, sku) {
      const subscription = active(userId, sku);
      if (!subscription.ending) throw new EmulatorInputError("sku", `the subscription to ${sku} is not cancelled`);
      market.uncancelSubscription(state(), subscription);
    },
    subscriptions: (userId) => subscriptionsOf(user(userId)),
  };
}

export function purchaseView(purchase: Purchase): PurchaseView {
  const { id, item, state, grantedAt, expiresAt, reportingId, developerPayload } = purchase;
  return { id, sku: item.sku, state, grantedAt, expiresAt, reportingId, developerPayload };
}

export function subscriptionsOf(user: AppUser): readonly SubscriptionView[] {
  return [...user.app.subscriptions.values()].filter((each) => each.user === user).map(subscriptionView);
}

function subscriptionView(subscription: AppSubscription): SubscriptionView {
  const { id, item, user, active, trial, periodStart, periodEnd, dueAt, cancelledAt, extendedDays } = subscription;
  const { term, price } = subscription.currentTerm;
  return {
    id,
    sku: item.sku,
    userId: user.id,
    active,
    trial: trial?.type,
    term,
    price: decimalPrice(price),
    periodStart,
    periodEnd,
    dueAt,
    cancelledAt,
    extendedDays,
  };
}
