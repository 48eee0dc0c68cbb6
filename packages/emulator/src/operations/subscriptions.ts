import { checkSelection, parseFields, project } from "../graph/fields.ts";
import { invalidParameter } from "../graph/graph-error.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { App, AppSubscription, AppUser } from "../world/app.ts";
import { activeSubscription, cancelSubscription, extendSubscription } from "../world/market.ts";
import { MAX_EXTENSION_DAYS } from "../world/subscription.ts";
import { appInPath, appToken, type Call, goodToken, type GoodToken } from "./call.ts";
import { page } from "./paging.ts";
import { subscriptionShape } from "./subscription-rows.ts";

const DEFAULT_FIELDS = "sku,owner{id},is_active";
/** The largest that a developer found accepted. */
const MAX_LIMIT = 1525;

/** B1: GET `/application/subscriptions`. The app's token sees every subscriber, a user's its own. */
export function listSubscriptions(call: Call): ExactJson {
  const token = goodToken(call);
  const app = appInPath(call, token);
  const { parameters, switches } = call;
  const fields = parseFields(parameters.text("fields") || DEFAULT_FIELDS);
  checkSelection(fields, subscriptionShape);
  const limit = parameters.count("limit", 1) ?? switches.pageSize;
  if (limit > MAX_LIMIT) throw invalidParameter(`The parameter limit must be at most ${MAX_LIMIT}`);
  const rows = filtered(parameters, app, token);
  const show = (row: AppSubscription): ExactJson => project(row, fields, subscriptionShape);
  return page(call, { rows, idOf: (row) => row.id, show, limit, quiet: false });
}

/** B2: POST `/application/cancel_subscription`. It stays active until the period's end. */
export function cancel(call: Call): ExactJson {
  const subscription = subscriptionOf(call);
  const reason = call.parameters.count("cancel_reason", 0);
  if (reason === undefined) throw invalidParameter("The parameter cancel_reason is required");
  if (reason > 5) throw invalidParameter("The parameter cancel_reason must be 0 to 5");
  if (subscription.ending) throw invalidParameter("The subscription is cancelled already");
  cancelSubscription(call.state, subscription, reason, call.now);
  call.oracle.cancelled(subscription.user.id, subscription.item.sku);
  call.tookEffect();
  return { success: true };
}

/** B3: POST `/application/extend_subscription`. Every call adds its days. */
export function extend(call: Call): ExactJson {
  const subscription = subscriptionOf(call);
  const days = call.parameters.count("number_of_days", 1);
  if (days === undefined) throw invalidParameter("The parameter number_of_days is required");
  if (days > 365) throw invalidParameter("The parameter number_of_days must be 1 to 365");
  if (subscription.extendedDays + days > MAX_EXTENSION_DAYS) {
    throw invalidParameter("A subscription can be extended by ten years in all");
  }
  extendSubscription(call.state, subscription, days);
  call.oracle.extended(subscription.user.id, subscription.item.sku, days);
  call.tookEffect();
  return { success: true };
}

function filtered(parameters: Parameters, app: App, token: GoodToken): readonly AppSubscription[] {
  const ownerId = parameters.text("owner_id");
  if (ownerId !== undefined && token.kind === "user") {
    throw invalidParameter("owner_id must not be set with a user access token");
  }
  const skus = parameters.text("skus")?.split(",");
  const wanted = skus === undefined ? undefined : new Set(skus.map((sku) => sku.trim()));
  const [isActive, isTrial] = [flag(parameters, "is_active"), flag(parameters, "is_trial")];
  return [...app.subscriptions.values()].filter(
    (row) =>
      (token.kind === "app" || row.user === token.user) &&
      (!ownerId || row.user.id === ownerId) &&
      (wanted === undefined || wanted.has(row.item.sku)) &&
      (isActive === undefined || row.active === isActive) &&
      (isTrial === undefined || (row.trial !== undefined) === isTrial),
  );
}

function flag(parameters: Parameters, name: string): boolean | undefined {
  return parameters.text(name) ? parameters.boolean(name, false) : undefined;
}

/** The active subscription that owner and SKU name. */
function subscriptionOf(call: Call): AppSubscription {
  const token: GoodToken = { kind: "app", app: appToken(call) };
  const app = appInPath(call, token);
  const owner = ownerOf(call.parameters, app);
  const subscription = activeSubscription(owner, call.parameters.required("sku"));
  if (subscription === undefined) throw invalidParameter("PARAM: the owner has no active subscription to this sku");
  return subscription;
}

function ownerOf(parameters: Parameters, app: App): AppUser {
  const alias = parameters.text("owner_alias");
  const id = parameters.text("owner_id");
  if (!id && !alias) throw invalidParameter("One of the parameters owner_id and owner_alias is required");
  const owner = id ? app.users.get(id) : [...app.users.values()].find((user) => user.person.alias === alias);
  if (owner === undefined) throw invalidParameter("PARAM: there is no such owner");
  return owner;
}
