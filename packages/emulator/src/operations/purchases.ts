import { checkSelection, type NodeShape, parseFields, project } from "../graph/fields.ts";
import { invalidParameter } from "../graph/graph-error.ts";
import type { ExactJson } from "../json/exact-json.ts";
import type { Purchase } from "../world/catalogue.ts";
import { activeSubscription, ownedPurchase, ownedPurchases, takeBack } from "../world/market.ts";
import { appInPath, type Call, goodToken, userInParameters } from "./call.ts";
import { page, pageLimit } from "./paging.ts";
import { itemShape } from "./purchase-catalogue.ts";
import { seconds } from "./rows.ts";

/** P1: POST `/{app_id}/verify_entitlement`. Without `sku` it is about the app itself. */
export function verifyEntitlement(call: Call): ExactJson {
  const token = goodToken(call);
  appInPath(call, token);
  const user = userInParameters(call, token);
  const grantedAt = grantTime(call, user);
  return grantedAt === undefined ? { success: false } : { success: true, grant_time: seconds(grantedAt) };
}

/** P2: POST `/{app_id}/consume_entitlement`. */
export function consumeEntitlement(call: Call): ExactJson {
  const token = goodToken(call);
  const app = appInPath(call, token);
  const user = userInParameters(call, token);
  const sku = call.parameters.required("sku");
  const purchase = ownedPurchase(user, sku, call.now);
  if (app.items.get(sku)?.kind !== "CONSUMABLE") return refused(call, "The item is not a consumable");
  if (purchase === undefined) return refused(call, "The user does not own the item");
  purchase.state = "consumed";
  call.oracle.consumed(user.id, sku);
  call.tookEffect();
  return { success: true };
}

/** P3: GET `/{app_id}/viewer_purchases`: durables, and consumables that are not consumed. */
export function listPurchases(call: Call): ExactJson {
  const token = goodToken(call);
  appInPath(call, token);
  const user = userInParameters(call, token);
  const fields = parseFields(call.parameters.text("fields"));
  const shape = purchaseShape(call.switches.purchaseIds === "zero");
  checkSelection(fields, shape);
  const show = (row: Purchase): ExactJson => project(row, fields, shape);
  const rows = ownedPurchases(user, call.now);
  return page(call, { rows, idOf: (row) => row.id, show, limit: pageLimit(call), quiet: false });
}

/** P5: POST `/{app_id}/refund_iap_entitlement`. What is consumed stays consumed. */
export function refundEntitlement(call: Call): ExactJson {
  const token = goodToken(call);
  appInPath(call, token);
  const user = userInParameters(call, token);
  const sku = call.parameters.required("sku");
  call.parameters.required("reason");
  const purchase = ownedPurchase(user, sku, call.now);
  if (purchase === undefined) return refused(call, "There is nothing to refund");
  takeBack(call.state, user, purchase, "REFUNDED", call.now);
  call.oracle.refunded(user.id, sku);
  call.tookEffect();
  return { success: true };
}

function grantTime(call: Call, user: ReturnType<typeof userInParameters>): number | undefined {
  const sku = call.parameters.text("sku");
  if (!sku) return user.entitled ? user.entitledAt : undefined;
  return ownedPurchase(user, sku, call.now)?.grantedAt ?? activeSubscription(user, sku)?.periodStart;
}

/** The form of a failure that is no mistake of the caller's is not known; a switch decides. */
function refused(call: Call, message: string): ExactJson {
  if (call.switches.refusedPurchases === "flag") return { success: false };
  throw invalidParameter(message);
}

function purchaseShape(zeroIds: boolean): NodeShape<Purchase> {
  return {
    name: "Purchase",
    id: ({ id }) => (zeroIds ? "0" : id),
    scalars: {
      grant_time: ({ grantedAt }) => seconds(grantedAt),
      expiration_time: ({ expiresAt }) => (expiresAt === undefined ? 0 : seconds(expiresAt)),
      developer_payload: ({ developerPayload }) => developerPayload,
      reporting_id: ({ reportingId }) => reportingId,
    },
    objects: { item: ({ item }, selection) => project({ item, plan: undefined }, selection, itemShape) },
  };
}
