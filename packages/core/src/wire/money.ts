import * as z from "zod";
import { signed64 } from "./json.ts";
import { rowOf, type Raw } from "./row.ts";

/** An amount. */
export interface Money extends Raw {
  /** ISO 4217 code. */
  readonly currency: string;
  /** In hundredths of the currency, whatever its own smallest coin: so the platform counts. */
  readonly minorUnits: bigint;
  /** As the platform shows it, where it does. */
  readonly formatted?: string;
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,2})0*)?$/;

/** `4.99` as 499; undefined for text that is no amount of whole hundredths. */
export function minorUnitsOf(text: string): bigint | undefined {
  const [, sign, whole, fraction = ""] = DECIMAL.exec(text) ?? [];
  return whole === undefined ? undefined : BigInt(`${sign}${whole}${fraction.padEnd(2, "0")}`);
}

/** The catalogue's form: `amount_in_hundredths`. */
export const price: z.ZodType<Money> = rowOf(
  { currency: z.string(), amount_in_hundredths: signed64, formatted: z.string().nullish() },
  (row) => ({ currency: row.currency, minorUnits: row.amount_in_hundredths, formatted: row.formatted }),
);

/** The subscriptions' form: decimal text without a symbol. */
const decimalText: z.ZodType<bigint> = z.string().transform((text, context) => {
  const units = minorUnitsOf(text);
  if (units === undefined) context.addIssue({ code: "custom", message: "not an amount in hundredths" });
  return units ?? 0n;
});

/** A subscription's price for one term; what the platform leaves open is missing. */
export interface PriceTerm extends Raw {
  /** `WEEKLY`, `BIWEEKLY`, `MONTHLY`, `QUARTERLY`, `SEMIANNUAL` or `ANNUAL`. */
  readonly term?: string;
  readonly price?: Money;
}

export const priceTerm: z.ZodType<PriceTerm> = rowOf(
  { term: z.string().nullish(), currency: z.string().nullish(), price: decimalText.nullish() },
  ({ term, currency, price }) => ({
    term,
    price: currency == null || price == null ? undefined : { currency, minorUnits: price },
  }),
);
