import type { CallOptions } from "./call.ts";
import type { Buyer, PurchaseCalls, RefundRequest } from "./purchases.ts";
import { isGraphError } from "../errors/graph-error.ts";
import { UnreadableAnswerError } from "../errors/unanswered-errors.ts";
import { sleep, systemClock, type Clock } from "../runtime/clock.ts";

/** How a refund ended. */
export type RefundOutcome =
  /** The platform said so, or the unit is no longer owned although the answer was lost. */
  | { readonly status: "refunded"; readonly by: "answer" | "read-back" }
  /** Nothing of that SKU was owned; nothing was sent. */
  | { readonly status: "not-owned" }
  /** The answer was lost, and all of it is still owned after the wait: refunding again is safe. */
  | { readonly status: "not-refunded"; readonly by: "read-back" }
  /** The answer was lost and what is owned changed in another way too, or cannot be read: for a person. */
  | { readonly status: "unclear"; readonly cause: Error };

export interface RefundSafelyOptions extends CallOptions {
  /** Time before each of the two reads after a lost answer, ms: a request under way may still take effect. Default 5000. */
  readonly quietMs?: number;
  readonly clock?: Clock;
}

/**
 * A refund whose lost answer is resolved by reading what the user owns, before and after; never sent twice. A unit that is
 * consumed elsewhere meanwhile looks refunded: stop consuming while a refund is open. Refusals throw as `refund` does.
 */
export async function refundSafely(
  purchases: Pick<PurchaseCalls, "owned" | "refund">,
  request: RefundRequest,
  options: RefundSafelyOptions = {},
): Promise<RefundOutcome> {
  const { quietMs = 5_000, clock = systemClock, ...callOptions } = options;
  const before = await unitsOf(purchases, request, callOptions);
  if (before.length === 0) return { status: "not-owned" };
  try {
    await purchases.refund(request, callOptions);
    return { status: "refunded", by: "answer" };
  } catch (error) {
    if (!isGraphError(error) || error.code !== "ambiguous") throw error;
    return readBack(error, before, async () => {
      await sleep(clock, quietMs, callOptions.signal);
      return unitsOf(purchases, request, callOptions);
    });
  }
}

/** Reads can lag, so that "still owned" needs two of them; "gone" needs one. */
async function readBack(
  cause: Error,
  before: readonly string[],
  read: () => Promise<readonly string[]>,
): Promise<RefundOutcome> {
  try {
    for (let reads = 0; reads < 2; reads += 1) {
      const after = await read();
      const isSubset = after.every((unit) => before.includes(unit));
      if (isSubset && after.length === before.length - 1) return { status: "refunded", by: "read-back" };
      if (!isSubset || after.length !== before.length) return { status: "unclear", cause };
    }
    return { status: "not-refunded", by: "read-back" };
  } catch (unread) {
    return { status: "unclear", cause: unread instanceof Error ? unread : cause };
  }
}

/** The units of that SKU, told apart by when they were granted: ids are no keys. */
async function unitsOf(
  purchases: Pick<PurchaseCalls, "owned">,
  request: RefundRequest,
  options: CallOptions,
): Promise<readonly string[]> {
  const units: string[] = [];
  const { sku, reason: _, ...buyer } = request;
  const owned = purchases.owned(buyer as Buyer, options);
  for await (const row of owned) {
    if (row.sku === sku) units.push(row.grantedAt?.toISOString() ?? "no time");
  }
  // One of them may be a unit of that SKU.
  if (owned.skipped > 0) {
    const facts = { operation: "purchases.owned", applied: "no", transient: false, retryable: false } as const;
    throw new UnreadableAnswerError(`refundSafely: ${owned.skipped} of the rows owned could not be read.`, facts);
  }
  return units;
}
