import * as z from "zod";
import { flag, idText, instant } from "../wire/json.ts";
import { priceTerm, type PriceTerm } from "../wire/money.ts";
import { rowOf, type Raw } from "../wire/row.ts";

/** A subscription as an event shows it; `id` is the same across events. */
export interface SubscriptionValue extends Raw {
  readonly id: string;
  readonly sku: string;
  readonly isActive?: boolean;
  readonly isTrial?: boolean;
  /** `FREE_TRIAL` or `INTRO_OFFER`, in the words of `graph.subscriptions`. */
  readonly trialType?: string;
  readonly periodStartedAt?: Date;
  readonly periodEndsAt?: Date;
  readonly nextRenewalAt?: Date;
  readonly currentTerm?: PriceTerm;
  readonly nextTerm?: PriceTerm;
}

export const subscriptionValue: z.ZodType<SubscriptionValue> = rowOf(
  {
    id: idText,
    sku: z.string(),
    is_active: flag.nullish(),
    is_trial: flag.nullish(),
    trial_type: z.string().nullish(),
    period_start_time: instant.nullish(),
    period_end_time: instant.nullish(),
    next_renewal_time: instant.nullish(),
    current_price_term: priceTerm.nullish(),
    next_price_term: priceTerm.nullish(),
    // The sample of one topic calls the two terms so, against its own table of fields.
    current_offer: priceTerm.nullish(),
    next_offer: priceTerm.nullish(),
  },
  (row) => ({
    id: row.id,
    sku: row.sku,
    isActive: row.is_active,
    isTrial: row.is_trial,
    // Events say TRIAL_OFFER where the REST answers say FREE_TRIAL; that they are one is assumed.
    trialType: row.trial_type === "TRIAL_OFFER" ? "FREE_TRIAL" : row.trial_type,
    periodStartedAt: row.period_start_time,
    periodEndsAt: row.period_end_time,
    nextRenewalAt: row.next_renewal_time,
    currentTerm: row.current_price_term ?? row.current_offer,
    nextTerm: row.next_price_term ?? row.next_offer,
  }),
);
