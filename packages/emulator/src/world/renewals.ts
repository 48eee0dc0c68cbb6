import type { AppSubscription } from "./app.ts";
import { subscriptionValue } from "./webhook-values.ts";
import type { WorldEvents } from "./world-events.ts";

/** Renews and ends subscriptions when their time comes. */
export interface Renewals {
  /** Looks at the subscription anew; call it after every change of when it is due. */
  watch(subscription: AppSubscription): void;
  /** Before this nothing is scheduled: a seed may still turn out to be unusable. */
  begin(): void;
}

export function createRenewals(events: WorldEvents): Renewals {
  const watched = new Map<AppSubscription, () => void>();
  let begun = false;

  const comeDue = (subscription: AppSubscription): void => {
    const topic = subscription.ending ? "subscription_expired" : "subscription_renewal_success";
    if (subscription.ending) subscription.active = false;
    else subscription.renew();
    events.publish(subscription.user.app, topic, subscriptionValue(subscription));
    schedule(subscription);
  };

  const schedule = (subscription: AppSubscription): void => {
    watched.get(subscription)?.();
    const cancel =
      begun && subscription.active
        ? events.schedule(Math.max(0, subscription.dueAt - events.now()), () => comeDue(subscription))
        : () => undefined;
    watched.set(subscription, cancel);
  };

  return {
    watch: schedule,
    begin() {
      begun = true;
      for (const subscription of [...watched.keys()]) schedule(subscription);
    },
  };
}
