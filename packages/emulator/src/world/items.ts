import { EmulatorInputError } from "../input-error.ts";
import type { SeedBillingPlan, SeedItem, SeedPrice } from "../seed/seed.ts";
import type { App } from "./app.ts";
import type { Item, Plan, Price, Term, Trial, TrialType } from "./catalogue.ts";
import type { WorldState } from "./state.ts";

/** Adds an item, or puts it in the place of the one with this SKU, whose id and kind it keeps. */
export function setItem(state: WorldState, app: App, seed: SeedItem, path: string): Item {
  const former = app.items.get(seed.sku);
  if (former !== undefined && former.kind !== seed.item_type) {
    throw new EmulatorInputError(`${path}.item_type`, `${seed.sku} is a ${former.kind} and stays so`);
  }
  const item: Item = {
    id: former?.id ?? state.mintId("item"),
    sku: seed.sku,
    kind: seed.item_type,
    name: seed.name ?? seed.sku,
    description: seed.description ?? "",
    offer: seed.price === undefined ? undefined : { id: state.mintId("offer"), price: priceOf(seed.price) },
    plans: (seed.billing_plans ?? []).map((plan) => planOf(state, plan)),
    onSale: seed.on_sale ?? true,
  };
  app.items.set(seed.sku, item);
  state.nodes.set(item.id, { kind: "item", app, item });
  return item;
}

/** @throws EmulatorInputError when the app has no such item. */
export function itemNamed(app: App, sku: string, path: string): Item {
  const item = app.items.get(sku);
  if (item !== undefined) return item;
  const known = [...app.items.keys()].join(", ");
  throw new EmulatorInputError(path, `app ${app.id} sells no "${sku}"; it has ${known || "nothing"}`);
}

/** @throws EmulatorInputError for subscriptions: those are not owned. */
export function ownableItem(app: App, sku: string, path: string): Item {
  const item = itemNamed(app, sku, path);
  if (item.kind !== "SUBSCRIPTION") return item;
  throw new EmulatorInputError(path, `${sku} is a SUBSCRIPTION; subscribe the user instead`);
}

export interface OfferChoice {
  readonly sku: string;
  /** Default: the first plan. */
  readonly term?: Term | undefined;
  /** Default: none. */
  readonly trial?: TrialType | undefined;
}

export interface SubscriptionOffer {
  readonly item: Item;
  readonly plan: Plan;
  readonly trial: Trial | undefined;
}

/** @throws EmulatorInputError when the app does not offer that. */
export function subscriptionOffer(app: App, choice: OfferChoice, path: string): SubscriptionOffer {
  const item = itemNamed(app, choice.sku, `${path}.sku`);
  const plan = item.plans.find((each) => choice.term === undefined || each.term === choice.term);
  if (plan === undefined) {
    const known = item.plans.map((each) => each.term).join(", ");
    throw new EmulatorInputError(`${path}.term`, `${item.sku} has no such plan; it has ${known || "none"}`);
  }
  const trial = plan.trials.find((each) => each.type === choice.trial);
  if (choice.trial !== undefined && trial === undefined) {
    throw new EmulatorInputError(`${path}.trial`, `the ${plan.term} plan of ${item.sku} has no ${choice.trial}`);
  }
  return { item, plan, trial };
}

function planOf(state: WorldState, seed: SeedBillingPlan): Plan {
  const trials = (seed.trial_offers ?? []).map((offer): Trial => ({
    id: state.mintId("offer"),
    type: offer.trial_type,
    term: offer.trial_term,
    price: offer.price === undefined ? { currency: seed.price.currency, hundredths: 0 } : priceOf(offer.price),
    termCount: offer.max_term_count ?? 1,
  }));
  return { id: state.mintId("offer"), term: seed.subscription_term, price: priceOf(seed.price), trials };
}

function priceOf(seed: SeedPrice): Price {
  return { currency: seed.currency, hundredths: seed.amount_in_hundredths };
}
