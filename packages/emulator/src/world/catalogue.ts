export type ItemKind = "DURABLE" | "CONSUMABLE" | "BUNDLE" | "SUBSCRIPTION";
export type Term = "WEEKLY" | "BIWEEKLY" | "MONTHLY" | "QUARTERLY" | "SEMIANNUAL" | "ANNUAL";
export type TrialType = "FREE_TRIAL" | "INTRO_OFFER";

export const TERMS: readonly Term[] = ["WEEKLY", "BIWEEKLY", "MONTHLY", "QUARTERLY", "SEMIANNUAL", "ANNUAL"];

export interface Price {
  /** ISO 4217. */
  readonly currency: string;
  /** 11.99 is 1199. */
  readonly hundredths: number;
}

export interface Trial {
  readonly id: string;
  readonly type: TrialType;
  readonly term: Term;
  readonly price: Price;
  /** How many terms the price holds; 1 for a free trial. */
  readonly termCount: number;
}

/** One way to pay for a subscription. */
export interface Plan {
  readonly id: string;
  readonly term: Term;
  readonly price: Price;
  readonly trials: readonly Trial[];
}

/** Something that the app sells. */
export interface Item {
  readonly id: string;
  readonly sku: string;
  readonly kind: ItemKind;
  readonly name: string;
  readonly description: string;
  /** Absent for subscriptions. */
  readonly offer: { readonly id: string; readonly price: Price } | undefined;
  /** Empty for everything but subscriptions. */
  readonly plans: readonly Plan[];
  /** Items that are no longer sold stay with their owners. */
  readonly onSale: boolean;
}

export interface Purchase {
  readonly id: string;
  readonly item: Item;
  /** Milliseconds since the epoch. */
  readonly grantedAt: number;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  /** A UUID. */
  readonly reportingId: string;
  readonly developerPayload: string;
  state: "owned" | "consumed" | "refunded" | "chargebacked";
}

/** `11.99`, as subscriptions print prices. */
export function decimalPrice({ hundredths }: Price): string {
  return (hundredths / 100).toFixed(2);
}

/** `$11.99`, as offers print prices. */
export function formattedPrice(price: Price): string {
  const sign: Record<string, string> = { USD: "$", EUR: "€", GBP: "£" };
  return `${sign[price.currency] ?? `${price.currency} `}${decimalPrice(price)}`;
}
