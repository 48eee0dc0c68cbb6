import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { ITEM_FIELDS, itemPage, type CatalogueItem } from "./catalogue-items.ts";
import { sendDone } from "./done.ts";
import * as check from "./inputs.ts";
import { pageOf, type Page, type ListOptions, type Pager } from "./pages.ts";
import { rowList, type RowList } from "./row-list.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import type { Secret } from "../secrets/secret.ts";
import { flag, idText, instant } from "../wire/json.ts";
import { partOf, present, rowOf, type Raw } from "../wire/row.ts";

/**
 * Whose purchases: a user named with the app token, or the one behind a user token. Current pages ask for the user id with
 * both tokens, older ones leave it out with a user token; either is sent as given.
 */
export type Buyer =
  | { readonly userId: string; readonly userToken?: undefined }
  | { readonly userToken: string | Secret; readonly userId?: string | undefined };

export interface Entitlement extends Raw {
  readonly isEntitled: boolean;
  /** Missing in older answers, and where nothing is owned. */
  readonly grantedAt?: Date;
}

/** One item owned. */
export interface Purchase extends Raw {
  readonly sku?: string;
  readonly grantedAt?: Date;
  /** Missing: never. */
  readonly expiresAt?: Date;
  /** Not a key: the documented sample's is `0`. */
  readonly id?: string;
}

export type RefundReason = "customer_support" | "unable_to_fulfill" | "other" | (string & {});

export type RefundRequest = Buyer & {
  readonly sku: string;
  /** The page gives three as examples and no closed list. */
  readonly reason: RefundReason;
};

export interface PurchaseCalls {
  /** P1: whether the user owns `sku` or, without one, the app itself. A consumed unit is not owned. */
  verify(request: Buyer & { readonly sku?: string }, options?: CallOptions): Promise<Entitlement>;
  /** P2: spends one unit of a consumable. Throws `ambiguous` where it may have been spent. */
  consume(request: Buyer & { readonly sku: string }, options?: CallOptions): Promise<void>;
  /** P3: what is owned: all durables, and consumables not yet consumed. */
  owned(request: Buyer & { readonly limit?: number }, options?: ListOptions): RowList<Purchase>;
  /** P4: with the app token everything on sale, with a user token what that user may buy. */
  available(
    request?: { readonly userToken?: string | Secret; readonly limit?: number },
    options?: ListOptions,
  ): RowList<CatalogueItem>;
  /** P5: refunds a durable, a bundle or a unit not yet consumed. Throws `ambiguous` where it may have been: `refundSafely` resolves that. */
  refund(request: RefundRequest, options?: CallOptions): Promise<void>;
}

const entitlement: z.ZodType<Entitlement> = rowOf({ success: flag, grant_time: instant.nullish() }, (row) => ({
  isEntitled: row.success,
  grantedAt: row.grant_time,
}));

const purchase: z.ZodType<Purchase> = rowOf(
  {
    id: idText.nullish(),
    grant_time: instant.nullish(),
    expiration_time: instant.nullish(),
    // Every object inside gains an id; that of an item says nothing that its SKU does not.
    item: partOf({ id: z.unknown().optional(), sku: z.string().nullish() }).nullish(),
  },
  (row) => ({ sku: row.item?.sku, grantedAt: row.grant_time, expiresAt: row.expiration_time, id: row.id }),
);
const purchasePage: z.ZodType<Page<Purchase>> = pageOf(purchase);

export function createPurchaseCalls(caller: Caller, pager: Pager): PurchaseCalls {
  return {
    async verify(request, options) {
      const operation = "purchases.verify";
      const { userToken, params } = buyerOf(request, operation);
      if (request.sku !== undefined) params["sku"] = check.checkText(request.sku, `${operation}: sku`);
      return caller({ operation, params, schema: entitlement, userToken }, options);
    },

    async consume(request, options) {
      const operation = "purchases.consume";
      const { userToken, params } = buyerOf(request, operation);
      params["sku"] = check.checkText(request.sku, `${operation}: sku`);
      await sendDone(caller, { operation, params, userToken }, options);
    },

    owned(request, options) {
      const operation = "purchases.owned";
      const { userToken, params } = buyerOf(request, operation);
      params["fields"] = "id,grant_time,expiration_time,item{sku}";
      if (request.limit !== undefined) params["limit"] = check.checkNumber(request.limit, `${operation}: limit`, 1);
      return rowList(() => pager({ operation, params, schema: purchasePage, userToken }, options));
    },

    available(request = {}, options) {
      const operation = "purchases.available";
      const userToken = check.userTokenOf(request.userToken, operation);
      const limit =
        request.limit === undefined ? {} : { limit: check.checkNumber(request.limit, `${operation}: limit`, 1) };
      const first = { operation, params: { fields: ITEM_FIELDS, ...limit }, schema: itemPage, userToken } as const;
      return rowList(
        () => pager(first, options),
        (item) => item.sku,
      );
    },

    async refund(request, options) {
      const operation = "purchases.refund";
      const { userToken, params } = buyerOf(request, operation);
      params["sku"] = check.checkText(request.sku, `${operation}: sku`);
      params["reason"] = check.checkText(request.reason, `${operation}: reason`);
      await sendDone(caller, { operation, params, userToken }, options);
    },
  };
}

function buyerOf(
  request: Buyer,
  operation: string,
): { readonly userToken: Secret | undefined; readonly params: Record<string, string> } {
  check.checkRequest(request, operation);
  const { userId } = request;
  const userToken = check.userTokenOf(request.userToken, operation);
  if (userId === undefined && userToken === undefined) {
    throw new QuestlineError("bad_input", `${operation}: give the buyer's userId, or that user's userToken.`);
  }
  const user_id = userId === undefined ? undefined : check.checkUserId(userId, operation);
  return { userToken, params: { ...present<{ user_id?: string }>({ user_id }) } };
}
