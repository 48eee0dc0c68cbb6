import { type NodeShape, project } from "../graph/fields.ts";
import { isoText } from "../runtime/calendar.ts";
import { decimalPrice } from "../world/catalogue.ts";
import type { AppSubscription } from "../world/app.ts";
import type { PriceTerm } from "../world/subscription.ts";
import { userShape } from "./rows.ts";

const priceTermShape: NodeShape<PriceTerm> = {
  name: "PriceTerm",
  id: undefined,
  scalars: {
    term: ({ term }) => term,
    currency: ({ price }) => price.currency,
    price: ({ price }) => decimalPrice(price),
  },
  objects: {},
};

export const subscriptionShape: NodeShape<AppSubscription> = {
  name: "Subscription",
  id: ({ id }) => id,
  scalars: {
    sku: ({ item }) => item.sku,
    is_active: ({ active }) => active,
    is_trial: ({ trial }) => trial !== undefined,
    trial_type: ({ trial }) => trial?.type,
    period_start_time: ({ periodStart }) => isoText(periodStart),
    period_end_time: ({ periodEnd }) => isoText(periodEnd),
    cancellation_time: ({ cancelledAt }) => (cancelledAt === undefined ? undefined : isoText(cancelledAt)),
    next_renewal_time: (row) => (row.active ? isoText(row.dueAt) : undefined),
  },
  objects: {
    owner: ({ user }, selection) => project(user, selection, userShape),
    current_price_term: (row, selection) => project(row.currentTerm, selection, priceTermShape),
    next_price_term: (row, selection) => project(row.nextTerm, selection, priceTermShape),
  },
};
