import * as z from "zod";
import { pageOf, type Page } from "./pages.ts";
import { idText, safeCount } from "../wire/json.ts";
import { price, type Money } from "../wire/money.ts";
import { rowOf, type Raw } from "../wire/row.ts";

export interface Offer extends Raw {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly price?: Money;
  /** `WEEKLY`, `BIWEEKLY`, `MONTHLY`, `QUARTERLY`, `SEMIANNUAL` or `ANNUAL`; subscriptions only. */
  readonly subscriptionTerm?: string;
}

export interface TrialOffer extends Raw {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string;
  readonly price?: Money;
  readonly trialTerm?: string;
  /** `FREE_TRIAL` or `INTRO_OFFER`. */
  readonly trialType?: string;
  /** Intro offers only. */
  readonly maxTermCount?: number;
}

export interface BillingPlan extends Raw {
  readonly paidOffer?: Offer;
  readonly trialOffers: readonly TrialOffer[];
}

/** Something on sale. A subscription with several terms is one item per term, told apart by `sku`; those may share an id. */
export interface CatalogueItem extends Raw {
  readonly sku: string;
  readonly id?: string;
  /** The best paid or intro price. */
  readonly currentOffer?: Offer;
  /** Subscriptions only. */
  readonly billingPlans: readonly BillingPlan[];
}

export const ITEM_FIELDS: string =
  "sku,current_offer{id,name,description,price{currency,amount_in_hundredths,formatted}}," +
  "billing_plans{paid_offer{id,name,description,price{currency,amount_in_hundredths,formatted},subscription_term}," +
  "trial_offers{id,name,description,price{currency,amount_in_hundredths,formatted},trial_term,trial_type,max_term_count}}";

const described = {
  id: idText.nullish(),
  name: z.string().nullish(),
  description: z.string().nullish(),
  price: price.nullish(),
};

const offer: z.ZodType<Offer> = rowOf({ ...described, subscription_term: z.string().nullish() }, (row) => ({
  id: row.id,
  name: row.name,
  description: row.description,
  price: row.price,
  subscriptionTerm: row.subscription_term,
}));

const trialOffer: z.ZodType<TrialOffer> = rowOf(
  {
    ...described,
    trial_term: z.string().nullish(),
    trial_type: z.string().nullish(),
    max_term_count: safeCount.nullish(),
  },
  (row) => ({
    id: row.id,
    name: row.name,
    description: row.description,
    price: row.price,
    trialTerm: row.trial_term,
    trialType: row.trial_type,
    maxTermCount: row.max_term_count,
  }),
);

const billingPlan: z.ZodType<BillingPlan> = rowOf(
  { paid_offer: offer.nullish(), trial_offers: z.array(trialOffer).nullish() },
  (row) => ({ paidOffer: row.paid_offer, trialOffers: row.trial_offers ?? [] }),
);

const item: z.ZodType<CatalogueItem> = rowOf(
  {
    id: idText.nullish(),
    sku: z.string(),
    current_offer: offer.nullish(),
    billing_plans: z.array(billingPlan).nullish(),
  },
  (row) => ({ sku: row.sku, id: row.id, currentOffer: row.current_offer, billingPlans: row.billing_plans ?? [] }),
);

export const itemPage: z.ZodType<Page<CatalogueItem>> = pageOf(item);
