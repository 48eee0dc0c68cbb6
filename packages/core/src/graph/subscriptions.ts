import * as z from "zod";
import type { Caller, CallOptions } from "./call.ts";
import { sendDone } from "./done.ts";
import * as check from "./inputs.ts";
import { pageOf, type Page, type ListOptions, type Pager } from "./pages.ts";
import { rowList, type RowList } from "./row-list.ts";
import { QuestlineError } from "../errors/questline-error.ts";
import type { Secret } from "../secrets/secret.ts";
import { flag, idText, instant } from "../wire/json.ts";
import { priceTerm, type PriceTerm } from "../wire/money.ts";
import { partOf, rowOf, type Raw } from "../wire/row.ts";

export interface Subscription extends Raw {
  /** Not decimal; missing where the platform leaves it out. */
  readonly id?: string;
  readonly sku: string;
  /** App-scoped. */
  readonly ownerId?: string;
  readonly isActive?: boolean;
  /** About the latest period; says nothing of activity. */
  readonly isTrial?: boolean;
  /** `FREE_TRIAL` or `INTRO_OFFER`. */
  readonly trialType?: string;
  readonly periodStartedAt?: Date;
  readonly periodEndsAt?: Date;
  /** The last cancellation; does not move the end of the period. */
  readonly cancelledAt?: Date;
  /** Granted extensions included. */
  readonly nextRenewalAt?: Date;
  readonly currentTerm?: PriceTerm;
  readonly nextTerm?: PriceTerm;
}

interface SubscriptionFilter {
  readonly isActive?: boolean;
  readonly isTrial?: boolean;
  readonly skus?: readonly string[];
  /** Rows per page; about 1500 was the most accepted. */
  readonly limit?: number;
}

/** With the app token all subscribers, or one; with a user token that user's own. Naming an owner with a user token is refused. */
export type SubscriptionQuery = SubscriptionFilter &
  (
    | { readonly ownerId?: string | undefined; readonly userToken?: undefined }
    | { readonly userToken: string | Secret; readonly ownerId?: undefined }
  );

/** By app-scoped id, or by user name (by e-mail only where a Meta account is linked): never both. */
export type Owner =
  | { readonly ownerId: string; readonly ownerAlias?: undefined }
  | { readonly ownerAlias: string; readonly ownerId?: undefined };

export type CancelReason = keyof typeof CANCEL_REASONS;

export interface SubscriptionCalls {
  /** B1: for troubleshooting, not for analytics. */
  list(query?: SubscriptionQuery, options?: ListOptions): RowList<Subscription>;
  /** B2: cancels the active subscription; it stays active to the period's end, cannot be brought back, and the owner is told by e-mail. */
  cancel(
    request: Owner & { readonly sku: string; readonly reason: CancelReason },
    options?: CallOptions,
  ): Promise<void>;
  /** B3: moves the renewal by 1 to 365 days, at most ten years in all. Adds up: throws `ambiguous` where it may have been added. */
  extend(request: Owner & { readonly sku: string; readonly days: number }, options?: CallOptions): Promise<void>;
}

const CANCEL_REASONS = {
  other: "0",
  price: "1",
  content: "2",
  usage: "3",
  "bought-by-mistake": "4",
  technical: "5",
} as const;

const FIELDS =
  "id,sku,owner{id},is_active,is_trial,trial_type,period_start_time,period_end_time,cancellation_time,next_renewal_time," +
  "current_price_term{term,currency,price},next_price_term{term,currency,price}";

const subscription: z.ZodType<Subscription> = rowOf(
  {
    id: idText.nullish(),
    sku: z.string(),
    owner: partOf({ id: idText.nullish() }).nullish(),
    is_active: flag.nullish(),
    is_trial: flag.nullish(),
    trial_type: z.string().nullish(),
    period_start_time: instant.nullish(),
    period_end_time: instant.nullish(),
    cancellation_time: instant.nullish(),
    next_renewal_time: instant.nullish(),
    current_price_term: priceTerm.nullish(),
    next_price_term: priceTerm.nullish(),
  },
  (row) => ({
    id: row.id,
    sku: row.sku,
    ownerId: row.owner?.id,
    isActive: row.is_active,
    isTrial: row.is_trial,
    trialType: row.trial_type,
    periodStartedAt: row.period_start_time,
    periodEndsAt: row.period_end_time,
    cancelledAt: row.cancellation_time,
    nextRenewalAt: row.next_renewal_time,
    currentTerm: row.current_price_term,
    nextTerm: row.next_price_term,
  }),
);
const subscriptionPage: z.ZodType<Page<Subscription>> = pageOf(subscription);

export function createSubscriptionCalls(caller: Caller, pager: Pager): SubscriptionCalls {
  return {
    list(query = {}, options) {
      const operation = "subscriptions.list";
      check.checkRequest(query, operation);
      if (query.ownerId !== undefined && query.userToken !== undefined) {
        throw new QuestlineError("bad_input", `${operation}: an owner can only be named with the app token.`);
      }
      const params: Record<string, string> = { fields: FIELDS };
      if (query.ownerId !== undefined) params["owner_id"] = check.checkUserId(query.ownerId, operation);
      if (query.isActive !== undefined) params["is_active"] = String(query.isActive);
      if (query.isTrial !== undefined) params["is_trial"] = String(query.isTrial);
      // Commas between them, unlike every other list of this API.
      if (query.skus !== undefined) params["skus"] = query.skus.map((sku) => skuOf(sku, operation)).join(",");
      if (query.limit !== undefined) params["limit"] = check.checkNumber(query.limit, `${operation}: limit`, 1);
      const userToken = check.userTokenOf(query.userToken, operation);
      return rowList(() => pager({ operation, params, schema: subscriptionPage, userToken }, options));
    },

    async cancel(request, options) {
      const operation = "subscriptions.cancel";
      const params = ownerOf(request, operation);
      params["sku"] = check.checkText(request.sku, `${operation}: sku`);
      params["cancel_reason"] = check.checkWord(request.reason, `${operation}: reason`, CANCEL_REASONS);
      await sendDone(caller, { operation, params }, options);
    },

    async extend(request, options) {
      const operation = "subscriptions.extend";
      const params = ownerOf(request, operation);
      params["sku"] = check.checkText(request.sku, `${operation}: sku`);
      params["number_of_days"] = check.checkNumber(request.days, `${operation}: days`, 1, 365);
      await sendDone(caller, { operation, params }, options);
    },
  };
}

function ownerOf(owner: Owner, operation: string): Record<string, string> {
  check.checkEither(owner, ["ownerId", "ownerAlias"], operation);
  return owner.ownerId === undefined
    ? { owner_alias: check.checkText(owner.ownerAlias, `${operation}: ownerAlias`) }
    : { owner_id: check.checkUserId(owner.ownerId, operation) };
}

function skuOf(sku: unknown, operation: string): string {
  const text = check.checkText(sku, `${operation}: a SKU`);
  if (text.includes(",")) throw new QuestlineError("bad_input", `${operation}: a SKU cannot hold a comma.`);
  return text;
}
