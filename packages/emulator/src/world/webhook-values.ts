import type { ExactJsonObject } from "../json/exact-json.ts";
import type { AppSubscription, AppUser } from "./app.ts";
import { decimalPrice, type Purchase } from "./catalogue.ts";
import type { PriceTerm } from "./subscription.ts";

/** What a purchase without a payload was seen to carry: an empty text, encoded once more. */
const NO_PAYLOAD = '""';

/** The `value` of `order_status`. */
export function orderValue(user: AppUser, purchase: Purchase, type: string, now: number): ExactJsonObject {
  return {
    event_time: secondsText(now),
    user_id: user.id,
    product_info: {
      notification_type: type,
      reporting_id: purchase.reportingId,
      sku: purchase.item.sku,
      developer_payload: purchase.developerPayload === "" ? NO_PAYLOAD : purchase.developerPayload,
    },
  };
}

/** The `value` of every `subscription_*` topic; times are Unix seconds as text, unlike in answers. */
export function subscriptionValue(subscription: AppSubscription, extra: ExactJsonObject = {}): ExactJsonObject {
  const { trial } = subscription;
  return {
    owner_id: subscription.user.id,
    ...extra,
    subscription: {
      id: subscription.id,
      sku: subscription.item.sku,
      trial_type: trial === undefined ? undefined : trial.type === "FREE_TRIAL" ? "TRIAL_OFFER" : "INTRO_OFFER",
      period_start_time: secondsText(subscription.periodStart),
      period_end_time: secondsText(subscription.periodEnd),
      next_renewal_time: secondsText(subscription.dueAt),
      is_active: subscription.active,
      is_trial: trial !== undefined,
      current_price_term: priceTerm(subscription.currentTerm),
      next_price_term: priceTerm(subscription.nextTerm),
    },
  };
}

function priceTerm({ term, price }: PriceTerm): ExactJsonObject {
  return { term, currency: price.currency, price: decimalPrice(price) };
}

function secondsText(milliseconds: number): string {
  return String(Math.floor(milliseconds / 1000));
}
