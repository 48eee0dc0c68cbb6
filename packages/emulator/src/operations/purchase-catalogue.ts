import { checkSelection, type NodeShape, parseFields, project, type Selection } from "../graph/fields.ts";
import type { ExactJson } from "../json/exact-json.ts";
import { formattedPrice, type Item, type Plan, type Price, type Term, type Trial } from "../world/catalogue.ts";
import { ownedPurchase } from "../world/market.ts";
import { appInPath, type Call, goodToken } from "./call.ts";
import { page, pageLimit } from "./paging.ts";

/** An item, or one plan of a subscription that has several. */
export interface ItemRow {
  readonly item: Item;
  readonly plan: Plan | undefined;
}

interface OfferRow {
  readonly id: string;
  readonly item: Item;
  readonly price: Price;
  readonly term: Term | undefined;
}

const priceShape: NodeShape<Price> = {
  name: "Price",
  id: undefined,
  scalars: {
    currency: (price) => price.currency,
    amount_in_hundredths: (price) => price.hundredths,
    formatted: formattedPrice,
  },
  objects: {},
};

const price = (row: { readonly price: Price }, selection: Selection | undefined): ExactJson =>
  project(row.price, selection, priceShape);

const offerShape: NodeShape<OfferRow> = {
  name: "Offer",
  id: (offer) => offer.id,
  scalars: {
    name: ({ item }) => item.name,
    description: ({ item }) => item.description,
    subscription_term: ({ term }) => term,
  },
  objects: { price },
};

const trialShape: NodeShape<Trial & { readonly item: Item }> = {
  name: "TrialOffer",
  id: (trial) => trial.id,
  scalars: {
    name: ({ item }) => item.name,
    description: ({ item }) => item.description,
    trial_term: ({ term }) => term,
    trial_type: ({ type }) => type,
    max_term_count: ({ type, termCount }) => (type === "INTRO_OFFER" ? termCount : undefined),
  },
  objects: { price },
};

const planShape: NodeShape<Plan & { readonly item: Item }> = {
  name: "BillingPlan",
  id: undefined,
  scalars: {},
  objects: {
    paid_offer: (plan, selection) => project(paidOffer(plan.item, plan), selection, offerShape),
    trial_offers: ({ item, trials }, selection) =>
      trials.map((trial) => project({ ...trial, item }, selection, trialShape)),
  },
};

export const itemShape: NodeShape<ItemRow> = {
  name: "Item",
  id: ({ item }) => item.id,
  scalars: { sku: ({ item, plan }) => (plan === undefined ? item.sku : `${item.sku}:SUBSCRIPTION__${plan.term}`) },
  objects: {
    current_offer(row, selection) {
      const offer = currentOffer(row);
      return offer === undefined ? undefined : project(offer, selection, offerShape);
    },
    billing_plans({ item, plan }, selection) {
      const plans = plan === undefined ? item.plans : [plan];
      if (plans.length === 0) return undefined;
      return plans.map((each) => project({ ...each, item }, selection, planShape));
    },
  },
};

/** P4: GET `/application/available_purchases`. A user token sees what its user may still buy. */
export function listCatalogue(call: Call): ExactJson {
  const token = goodToken(call);
  const app = appInPath(call, token);
  const fields = parseFields(call.parameters.text("fields"));
  checkSelection(fields, itemShape);
  const rows = [...app.items.values()].filter((item) => {
    if (!item.onSale) return false;
    const keeps = item.kind === "DURABLE" || item.kind === "BUNDLE";
    return token.kind === "app" || !keeps || ownedPurchase(token.user, item.sku, call.now) === undefined;
  });
  const show = (row: ItemRow): ExactJson => project(row, fields, itemShape);
  return page(call, {
    rows: rows.flatMap(rowsOf),
    idOf: ({ item }) => item.id,
    show,
    limit: pageLimit(call),
    quiet: false,
  });
}

/** A subscription with several terms is a row for each, all under one id. */
function rowsOf(item: Item): readonly ItemRow[] {
  if (item.plans.length < 2) return [{ item, plan: undefined }];
  return item.plans.map((plan) => ({ item, plan }));
}

/** The best price to pay: that of an introduction, or of the (first) plan. */
function currentOffer({ item, plan }: ItemRow): OfferRow | undefined {
  if (item.offer !== undefined) return { ...item.offer, item, term: undefined };
  const chosen = plan ?? item.plans[0];
  if (chosen === undefined) return undefined;
  const intro = chosen.trials.find((trial) => trial.type === "INTRO_OFFER");
  return intro === undefined ? paidOffer(item, chosen) : { ...intro, item };
}

function paidOffer(item: Item, plan: Plan): OfferRow {
  return { id: plan.id, item, price: plan.price, term: plan.term };
}
